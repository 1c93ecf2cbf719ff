import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { storeContract } from '../contract/contract.ts';
import { lanceStore } from './lancedb.ts';

describe('LanceDB, asked with 10,000 filters', () => {
  const make = async () =>
    lanceStore(join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index'), { approximateFrom: 50, partitions: 45, probes: 1, refine: 1 });
  for (const { name, run } of storeContract(make, { filters: 10_000 })) if (/filters drawn/.test(name)) it(name, run);
});
