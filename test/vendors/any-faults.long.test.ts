import { anyFaultsContract } from './any-faults-contract.ts';

anyFaultsContract(500);
