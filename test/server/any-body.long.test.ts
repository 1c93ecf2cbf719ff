import { anyBodyContract } from './any-body-contract.ts';

anyBodyContract(10_000);
