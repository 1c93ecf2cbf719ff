import type { Reranker } from '../rerank/reranker.ts';
import type { SearchAnswer } from './answer.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { describeResults } from './describe.ts';
import { explainWeights } from './explain-weights.ts';
import { facetsFor } from './facets.ts';
import type { SearchOptions } from './options.ts';
import { takePage } from './page.ts';
import { plan } from './plan.ts';
import { languagesOf } from './query-words.ts';
import { makeSearchResults } from './results.ts';
import type { SearchIndex } from './search-index.ts';

/** What the search of a cursor is. */
interface Continued {
  readonly key: string;
  readonly rerankers: readonly Reranker[];
  readonly fields: readonly string[];
}

/** The page that a cursor begins: documents are read, and nothing is embedded, retrieved or ranked again. Throws E_CURSOR. */
export async function nextPage(
  index: SearchIndex,
  query: string,
  options: SearchOptions,
  { key, rerankers, fields }: Continued,
): Promise<SearchAnswer> {
  const started = performance.now();
  const { cursor = '', top = plan.top.default, filter, fieldLabels = false } = options;
  const frozen = readCursor(cursor, key);
  const [{ ranked, hits, rest }, facets] = await Promise.all([
    takePage(index, frozen, { top, filter, fields, fieldLabels }),
    facetsFor(index, options),
  ]);
  const retrieve = performance.now() - started;
  const words = await languagesOf(index);
  const spread = (await index.store.open())?.spread;
  const results = makeSearchResults(ranked, hits, { ...options, query, top, before: frozen.before, words });
  const { firstStage, rankedBy, fingerprint, calibrated, complete, cut } = frozen;
  const described = await describeResults(results, { query, rerankers, candidates: hits, fields, spread, words }, options);
  return {
    query,
    firstStage,
    rankedBy,
    fingerprint,
    results: await explainWeights(index, query, described, { ...options, firstStage }),
    nextCursor: writeCursor(key, { ...frozen, before: frozen.before + results.length, order: rest }),
    facets,
    calibrated,
    complete,
    candidates: [],
    cut,
    usage: {},
    timings: { embed: 0, retrieve, rerank: 0, total: retrieve },
  };
}
