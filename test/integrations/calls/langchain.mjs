import assert from 'node:assert/strict';
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { EnsembleRetriever } from '@langchain/classic/retrievers/ensemble';
import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { openIndex } from 'finetooth';
import { FinetoothEmbeddings, FinetoothRerank, FinetoothRetriever } from 'finetooth/langchain';
import { memoryStore } from 'finetooth/stores';

const query = 'a hero protects the town';
const texts = ['A quiet lake in summer', 'A bat guards the city at night', 'A farm in winter'];
const documents = texts.map((pageContent, at) => new Document({ pageContent, id: `d${at}`, metadata: { at } }));
const embeddings = new FinetoothEmbeddings();
const store = await MemoryVectorStore.fromDocuments(documents, embeddings);
const compressor = new FinetoothRerank({ topN: 2 });

const heard = [];
const callbacks = [{ handleChainEnd: (outputs) => void heard.push(outputs), handleRetrieverEnd: () => {}, awaitHandlers: true }];
const compressing = new ContextualCompressionRetriever({ baseCompressor: compressor, baseRetriever: store.asRetriever(3) });
const compressed = await compressing.invoke(query, { callbacks });
assert.equal(compressed[0].pageContent, texts[1]);
assert.equal(compressed.length, 2);
assert.ok(compressed[0].metadata.relevanceScore > compressed[1].metadata.relevanceScore);
assert.equal(heard.length, 1);
assert.equal(heard[0].documents.length, 2);
// What the store keeps has no score of anyone's.
assert.ok(store.memoryVectors.every(({ metadata }) => !('relevanceScore' in metadata)));

const index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' } });
await index.add(texts.map((text, at) => ({ id: `d${at}`, text, year: 2000 + at })));
const retriever = new FinetoothRetriever({ index, filter: { year: { lte: 2001 } } });
const ensemble = new EnsembleRetriever({ retrievers: [retriever, store.asRetriever(3)], weights: [0.5, 0.5] });
const found = await ensemble.invoke(query);
assert.equal(found[0].pageContent, texts[1]);
assert.equal(found.length, 3);
const both = new ContextualCompressionRetriever({ baseCompressor: compressor, baseRetriever: ensemble });
assert.equal((await both.invoke(query))[0].pageContent, texts[1]);
await Promise.all([compressor.close(), embeddings.close(), index.close()]);
console.log('done');
