import { openIndex } from '../assemble/open-index.ts';
import type { Embedder } from '../embed/embedder.ts';
import { indexSystem } from '../eval/systems/system.ts';
import type { Candidate, Reranker } from '../rerank/reranker.ts';
import { cached } from '../rerank/wrappers/cached.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { fallback } from '../rerank/wrappers/fallback.ts';
import { defaultPipeline } from '../search/pipeline.ts';
import { rerankWith } from '../search/rerank.ts';
import { search } from '../search/search.ts';
import { decorate } from '../wording/decorate.ts';

/** Every way of asking a reranker for an order: ids, best first. */
export const doors: Readonly<Record<string, (reranker: Reranker) => Promise<readonly (string | undefined)[]>>> = {
  rerank: idsOfRerank,
  'rerank with a deadline': (reranker) => idsOfRerank(reranker, 600_000),
  'a cache': (reranker) => idsOfRerank(cached(reranker)),
  'a fallback': (reranker) => idsOfRerank(fallback([reranker, byLength()])),
  'a cascade': (reranker) => idsOfRerank(cascade([byLength(), reranker])),
  search: async (reranker) => {
    await using index = await filledIndex();
    return (await search(index, QUERY, { reranker })).results.map(({ id }) => id);
  },
  'an evaluation': async (reranker) => {
    await using index = await filledIndex();
    return (await indexSystem(index, defaultPipeline, { reranker, cutOffs: [candidates.length] }).answer('q', QUERY, {})).ranking;
  },
};

/** An embedder of two numbers, for an index without a model. */
const lengths: Embedder = {
  fingerprint: 'lengths@1',
  dimensions: 2,
  embed: async (given) => ({
    data: Float32Array.from(given.flatMap(({ length }) => [Math.cos(length / 100), Math.sin(length / 100)])),
    dimensions: 2,
    count: given.length,
  }),
};

export const QUERY = 'how do bats find their way in the dark';
const texts = Object.freeze([
  'The price of wheat rose by a tenth this year.',
  'Bats find their way in the dark by the echo of their calls.',
  'A captain hunts a white whale across the sea.',
  'The harbour froze, and the ferry stayed where it was.',
]);
export const candidates: readonly Candidate[] = Object.freeze(texts.map((text, i) => Object.freeze({ id: `d${i}`, text })));

/** A reranker without a model. */
export function byLength(): Reranker {
  return {
    fingerprint: 'by-length@1',
    score: async (_, given) => ({ scores: Float32Array.from(given, ({ text }) => text.length) }),
  };
}

/** The reranker with a function of its own, which asks the one that it had and then puts the last candidate first. */
export function decorated(inner: Reranker): { readonly reranker: Reranker; calls(): number } {
  let calls = 0;
  const reranker = decorate(inner, {
    fingerprint: 'decorated@1',
    score: async (query, given, options) => {
      calls++;
      await inner.score(query, given, options);
      return { scores: Float32Array.from(given, ({ text }) => texts.indexOf(text)) };
    },
  });
  return { reranker, calls: () => calls };
}

async function idsOfRerank(reranker: Reranker, deadlineMs?: number): Promise<readonly string[]> {
  const documents = candidates.map(({ id, text }) => ({ id: id as string, document: { text } }));
  return (await rerankWith(reranker, QUERY, documents, { deadlineMs })).results.map(({ id }) => id);
}

async function filledIndex() {
  const index = await openIndex('memory:', { create: { fields: ['text'] }, embedder: lengths, reranker: null });
  await index.add(candidates.map(({ id, text }) => ({ id, text })));
  return index;
}
