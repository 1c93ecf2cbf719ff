import assert from 'node:assert/strict';
import * as lancedb from '@lancedb/lancedb';
import { hybridReranker } from 'finetooth/lancedb';

const database = await lancedb.connect('./lance-vectors');
const rows = [
  { id: 'a', text: 'A quiet lake in summer', tags: ['water'], vector: [1, 0] },
  { id: 'b', text: 'A bat guards the city at night', tags: [], vector: [0, 1] },
];
const table = await database.createTable('films', rows);
await table.createIndex('text', { config: lancedb.Index.fts() });
const reranker = hybridReranker({ columns: 'text' });
const ask = (words) => table.query().nearestTo([1, 0]).fullTextSearch(words).rerank(reranker).limit(10).toArray();
const found = await ask('a hero protects the city');
assert.deepEqual(
  found.map(({ id }) => id),
  ['b', 'a'],
);
assert.ok(found[0]._relevance_score > found[1]._relevance_score);
assert.deepEqual([...found[1].tags], ['water']);
assert.equal((await ask('zebra')).length, 2);
await reranker.close();
console.log('done');
