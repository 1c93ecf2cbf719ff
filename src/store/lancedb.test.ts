import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lanceStore } from './lancedb.ts';
import { storeContract } from './store-contract.ts';

storeContract('lancedb', async () => lanceStore(join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index')));
