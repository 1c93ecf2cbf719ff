import { anyTextsContract } from './any-texts-contract.ts';

anyTextsContract(440);
