import { describe, it } from 'vitest';
import { storeContract } from './contract/contract.ts';
import { memoryStore } from './memory.ts';

describe('the memory store', () => {
  for (const { name, run } of storeContract(async () => memoryStore())) it(name, run);
});
