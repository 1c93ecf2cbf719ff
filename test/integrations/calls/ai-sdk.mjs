import assert from 'node:assert/strict';
import { createProviderRegistry, embedMany, NoSuchModelError, rerank } from 'ai';
import * as six from 'ai-6';
import { createFinetooth, finetooth } from 'finetooth/ai-sdk';

globalThis.AI_SDK_LOG_WARNINGS = false;
const query = 'a hero protects the town';
const documents = ['A quiet lake in summer', 'A bat guards the city at night'];
const { ranking, providerMetadata } = await rerank({ model: finetooth.reranking('default'), query, documents });
assert.deepEqual(
  ranking.map(({ originalIndex }) => originalIndex),
  [1, 0],
);
assert.equal(providerMetadata.finetooth.complete, true);
const { embeddings } = await embedMany({ model: finetooth.embedding('default'), values: documents });
assert.deepEqual([embeddings.length, embeddings[0].length], [2, 384]);
assert.throws(
  () => createProviderRegistry({ finetooth }).rerankingModel('finetooth:defualt'),
  (error) => NoSuchModelError.isInstance(error),
);

// The version before, with the specification before.
const older = createFinetooth({ specificationVersion: 'v3' });
const before = await six.rerank({ model: older.reranking('default'), query, documents, topN: 1 });
assert.equal(before.ranking[0].originalIndex, 1);
assert.equal((await six.embedMany({ model: older.embedding('default'), values: documents })).embeddings.length, 2);
assert.throws(
  () => six.createProviderRegistry({ older }).rerankingModel('older:defualt'),
  (error) => six.NoSuchModelError.isInstance(error),
);
await Promise.all([finetooth.close(), older.close()]);
console.log('done');
