import { afterAll, beforeAll, describe, it } from 'vitest';
import { noQdrant, type QdrantNode, startCluster, startQdrant } from '../../../test/support/qdrant.ts';
import { storeContract } from '../contract/contract.ts';
import { qdrantStore } from './qdrant.ts';

const why = noQdrant === undefined ? '' : `: ${noQdrant}`;

describe.skipIf(noQdrant !== undefined)(`Qdrant on three nodes, three shards, three replicas of which two must have a write${why}`, () => {
  let nodes: readonly QdrantNode[] = [];
  let made = 0;
  beforeAll(async () => {
    nodes = await startCluster(3);
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
  });
  /** Each store asks another node first, so that what one writes another reads elsewhere. */
  const newStore = () => {
    const first = made % 3;
    const url = [...nodes.slice(first), ...nodes.slice(0, first)].map((node) => node.url);
    return qdrantStore({ url, name: `films${made++}`, shards: 3, replicas: 3 });
  };
  for (const { name, run } of storeContract(newStore, { filters: Number(process.env.FILTERS ?? 300) })) it(name, run);
});

describe.skipIf(noQdrant !== undefined)(`Qdrant under 10,000 filters drawn at random${why}`, () => {
  let node: QdrantNode;
  let made = 0;
  beforeAll(async () => {
    node = await startQdrant();
  });
  afterAll(() => node.stop());
  const make = () => qdrantStore({ url: node.url, name: `films${made++}` });
  for (const { name, run } of storeContract(make, { filters: 10_000 })) if (name.includes('fields of any name')) it(name, run);
  for (const { name, run } of storeContract(make, { filters: 1500 })) if (/filters drawn at random(?!, on)/.test(name)) it(name, run);
});
