import assert from 'node:assert/strict';
import { Mastra } from '@mastra/core';
import { RequestContext } from '@mastra/core/request-context';
import { MastraVector } from '@mastra/core/vector';
import { createVectorQueryTool, rerankWithScorer } from '@mastra/rag';
import { embedMany } from 'ai';
import { embeddingModel, FinetoothVector, relevanceScorer } from 'finetooth/mastra';

const query = 'a hero protects the town';
const texts = ['A quiet lake in summer', 'A bat guards the city at night', 'A farm in winter'];
const model = embeddingModel('default');
const { embeddings } = await embedMany({ model, values: texts });

const vectors = new FinetoothVector({ id: 'vectors', at: './mastra-vectors' });
assert.ok(vectors instanceof MastraVector);
const mastra = new Mastra({ vectors: { films: vectors }, logger: false });
assert.equal(mastra.getVector('films'), vectors);
await vectors.createIndex({ indexName: 'films', dimension: 384, metric: 'cosine' });
await vectors.upsert({
  indexName: 'films',
  vectors: embeddings,
  metadata: texts.map((text, at) => ({ text, year: 2000 + at })),
  ids: ['a', 'b', 'c'],
});
assert.deepEqual(await vectors.listIndexes(), ['films']);
assert.deepEqual(await vectors.describeIndex({ indexName: 'films' }), { dimension: 384, count: 3, metric: 'cosine' });

const scorer = relevanceScorer();
const results = await vectors.query({ indexName: 'films', queryVector: embeddings[0], topK: 3 });
assert.equal(results[0].id, 'a');
const weights = { semantic: 1, vector: 0, position: 0 };
const [best] = await rerankWithScorer({ results, query, scorer, options: { weights, topK: 3 } });
assert.equal(best.result.id, 'b');
const [ours] = await scorer.rerank(results, query, { topK: 1 });
assert.equal(ours.result.id, 'b');
assert.ok(Math.abs(ours.score - best.score) < 1e-6);

const tool = createVectorQueryTool({
  vectorStoreName: 'films',
  indexName: 'films',
  model: embeddingModel('default', { role: 'query' }),
  enableFilter: true,
  reranker: { model: scorer, options: { weights, topK: 2 } },
});
const answer = await tool.execute(
  { queryText: query, topK: 3, filter: JSON.stringify({ year: { $gte: 2001 } }) },
  { mastra, requestContext: new RequestContext() },
);
assert.equal(answer.sources[0].id, 'b');
assert.deepEqual(answer.sources.map(({ id }) => id).sort(), ['b', 'c']);

await vectors.updateVector({ indexName: 'films', id: 'c', update: { metadata: { text: texts[2], year: 1999 } } });
await vectors.deleteVectors({ indexName: 'films', filter: { year: { $lt: 2000 } } });
await vectors.deleteVector({ indexName: 'films', id: 'a' });
assert.equal((await vectors.describeIndex({ indexName: 'films' })).count, 1);
await assert.rejects(vectors.query({ indexName: 'films', queryVector: embeddings[0], filter: { text: { $regex: 'a' } } }), {
  code: 'E_USAGE',
});
await vectors.deleteIndex({ indexName: 'films' });
assert.deepEqual(await vectors.listIndexes(), []);
await Promise.all([scorer.close(), vectors.close(), model.close()]);
console.log('done');
