import { afterAll, beforeAll, describe, it } from 'vitest';
import { noQdrant, type QdrantNode, startQdrant } from '../../../test/support/qdrant.ts';
import { storeContract } from '../contract/contract.ts';
import { qdrantStore } from './qdrant.ts';

describe.skipIf(noQdrant !== undefined)(`Qdrant${noQdrant === undefined ? '' : `: ${noQdrant}`}`, () => {
  let node: QdrantNode;
  let made = 0;
  beforeAll(async () => {
    node = await startQdrant();
  });
  afterAll(() => node.stop());
  const newStore = () => qdrantStore({ url: node.url, name: `films${made++}` });

  for (const { name, run } of storeContract(async () => newStore(), { filters: Number(process.env.FILTERS ?? 60) })) it(name, run);
});
