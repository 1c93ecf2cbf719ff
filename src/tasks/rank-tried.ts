import type { Reranker } from '../rerank/reranker.ts';
import { remembering } from '../rerank/wrappers/remembering.ts';
import { checkQuery } from '../search/check.ts';
import { fuseHybrid } from '../search/fuse.ts';
import type { Pipeline } from '../search/pipeline.ts';
import { type Ranked, rankCandidates } from '../search/rank.ts';
import { findLists } from '../search/retrieve.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { withTitle } from '../search/title.ts';
import { weighWords } from '../search/weigh-words.ts';
import type { CallOptions } from '../types.ts';
import type { TriedReranker } from './tried-pipelines.ts';

/** What every pipeline answers to one query: places in `ids`, best first. */
export interface TriedRankings {
  readonly ids: readonly string[];
  /** [pipeline] */
  readonly rankings: readonly (readonly number[])[];
}

const DEEPEST = 100;

/** Both lists are retrieved once, and each document is scored once by each reranker and choice of fields, whatever lists it is in. */
export async function rankTried(
  index: SearchIndex,
  rerankers: ReadonlyMap<TriedReranker, Reranker>,
  pipelines: readonly Pipeline[],
  query: string,
  call: CallOptions,
): Promise<TriedRankings> {
  checkQuery(query);
  const asked = { ...call, firstStage: 'hybrid', candidates: DEEPEST, tokens: false, byOther: true } as const;
  const { lists } = await findLists(index, query, asked);
  const [dense, bm25] = [lists.get('dense') ?? [], lists.get('bm25') ?? []];
  const ids = [...new Set([...dense, ...bm25].map(({ id }) => id))];
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  const words = new Map([
    ...dense.map(({ id, other }) => [id, other?.score] as const),
    ...bm25.map(({ id, score }) => [id, score] as const),
  ]);
  const remembered = new Map<string, Reranker>();
  const known = new Map<string, Promise<Ranked>>();
  const rankings: number[][] = [];
  for (const pipeline of pipelines) {
    const { firstStage, candidates, reranker, rankFields, wordsWeight = 0 } = pipeline;
    const depth = reranker === null ? DEEPEST : candidates;
    const [byVector, byWords] = [dense.slice(0, depth), bm25.slice(0, depth)];
    const alone = firstStage === 'dense' ? byVector : byWords;
    const found = firstStage === 'hybrid' ? fuseHybrid(byVector, byWords, depth, pipeline) : alone;
    const hits = found.map((hit) => ({ ...hit, bm25: words.get(hit.id) }));
    let order: readonly { readonly id: string }[] = hits;
    if (reranker !== null) {
      const name = reranker[0] as TriedReranker;
      const key = JSON.stringify([name, rankFields]);
      const one = remembered.get(key) ?? remembering(rerankers.get(name) as Reranker);
      remembered.set(key, one);
      // Passages and titles are those of the fields that the index was made from.
      const rankable = hits.map((hit) => (rankFields === undefined ? withTitle(hit, index.manifest()) : { ...hit, passage: undefined }));
      const list = JSON.stringify([key, hits.map(({ id }) => id)]);
      const { fields = [], spread } = index.manifest() ?? {};
      const options = rankFields === undefined ? { ...call, spread } : call;
      const ranked = known.get(list) ?? rankCandidates(one, query, rankable, rankFields ?? fields, options);
      known.set(list, ranked);
      order = weighWords(await ranked, hits, wordsWeight).order;
    }
    rankings.push(order.map(({ id }) => placeOf.get(id) as number));
  }
  return { ids, rankings };
}
