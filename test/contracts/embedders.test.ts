import { afterAll, beforeAll, describe, it } from 'vitest';
import { embedderContract } from '../../src/contracts/embedder.ts';
import { cachedEmbedder, createModelSessions, localEmbedder, openModel } from '../../src/embedders.ts';
import { hostedEmbedder } from '../../src/hosted.ts';
import type { Embedder, EmbeddingModel } from '../../src/index.ts';
import { workFolder } from '../finetooth.ts';
import { hashEmbedder } from '../hash-embedder.ts';
import { cohere } from '../vendors/protocols/cohere.ts';
import { startVendor, type VendorServer } from '../vendors/server.ts';

/** Held for all cases, so that each opens a model that runs already. */
const sessions = createModelSessions();
const held: { close(): Promise<unknown> }[] = [];
let vendor: VendorServer | undefined;
beforeAll(async () => {
  vendor = await startVendor(cohere, 384);
  held.push(await openModel(undefined, { sessions }), vendor);
});
afterAll(async () => {
  for (const one of held) await one.close();
});
const openHosted = () => hostedEmbedder('cohere:embed-english-light-v3.0', { variables: cohere.variables((vendor as VendorServer).url) });

const sdkModel: EmbeddingModel = {
  specificationVersion: 'v4',
  provider: 'fake',
  modelId: 'lengths',
  maxEmbeddingsPerCall: 3,
  doEmbed: async ({ values }) => ({ embeddings: values.map((text) => [text.length, 1]) }),
};

const makers: Readonly<Record<string, () => Embedder | Promise<Embedder>>> = {
  'one without a model': () => hashEmbedder(),
  'one that gives token vectors': () => hashEmbedder(0, { tokens: true }),
  'a local one': async () => localEmbedder(await openModel(undefined, { sessions })),
  'a hosted one': openHosted,
  'one of the AI SDK': () => hostedEmbedder(sdkModel),
  'one of the AI SDK with known dimensions': () => hostedEmbedder(sdkModel, { dimensions: 2 }),
  'a cached one': () => cachedEmbedder(hashEmbedder(), { at: workFolder() }),
  'a cached one of token vectors': () => cachedEmbedder(hashEmbedder(0, { tokens: true }), { at: workFolder() }),
  'a cached hosted one': async () => cachedEmbedder(await openHosted(), { at: workFolder() }),
  'a cached local one': async () => cachedEmbedder(localEmbedder(await openModel(undefined, { sessions })), { at: workFolder() }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  for (const { name, run } of embedderContract(make)) it(name, run);
});
