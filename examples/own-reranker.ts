/** A reranker of your own: here the share of the query's words that a candidate has. It scores, in input order; it never sorts. */
import { openIndex, type Reranker, search } from 'finetooth';

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);

const sharedWords: Reranker = {
  fingerprint: 'shared-words@1',
  score: async (query, candidates) => {
    const asked = words(query);
    return { scores: Float32Array.from(candidates, ({ text }) => asked.intersection(words(text)).size / asked.size) };
  },
};

const index = await openIndex('./own-reranker-index', { create: true, reranker: sharedWords });
try {
  await index.add([{ text: 'A whale hunts a captain.' }, { text: 'A captain hunts a whale.' }, { text: 'A bank is robbed.' }]);
  const { results, rankedBy } = await search(index, 'captain hunts whale', { top: 2, documents: true });
  console.log(
    rankedBy,
    results.map(({ document, relevanceScore }) => [document?.text, relevanceScore]),
  );
} finally {
  await index.close();
}
