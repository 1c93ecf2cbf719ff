import { anyBodyContract } from './any-body-contract.ts';

anyBodyContract(350);
