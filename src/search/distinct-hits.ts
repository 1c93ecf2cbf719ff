import type { Hit } from '../types.ts';
import { counted, grouped } from '../wording/numbers.ts';
import { alikeFinder, type Collapse, type KindOf } from './collapse.ts';
import { plan } from './plan.ts';
import type { Ranked, RankFields } from './rank.ts';
import { retrieve } from './retrieve.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';
import type { SearchIndex } from './search-index.ts';

/** How many times the candidates are retrieved at most, to have as many of them as were asked for without their copies. */
const MOST_TIMES = 16;
/** With `near` every candidate is ranked, so that the best of those that are alike stands for them: at most so many times as many. */
const MOST_NEAR = 2;

export interface DistinctOptions extends RetrieveOptions {
  /** @default equal */
  readonly collapse?: Collapse;
  readonly kindOf: KindOf;
  /** What the reranker reads. */
  readonly rankFields: RankFields;
}

/** The first stage with each text once. */
export interface DistinctHits extends Retrieved {
  /** Best first those whose text stands once, which are the candidates; behind them the copies. */
  readonly hits: readonly Hit[];
  /** How many of the hits are candidates. */
  readonly distinct: number;
  /** Places in `hits` of the copies of a candidate, by its place. */
  readonly copies: ReadonlyMap<number, readonly number[]>;
  /** Whether the index may hold more that would have been found. */
  readonly mayHaveMore: boolean;
}

/**
 * Retrieves so many candidates that are not copies of each other: what takes no place costs no document, the candidates are filled up from
 * what follows. A second retrieval is paid only where there are copies, and embeds nothing.
 */
export async function distinctHits(index: SearchIndex, query: string, options: DistinctOptions): Promise<DistinctHits> {
  const { candidates, collapse = plan.collapse.default } = options;
  const most = Math.min(candidates * MOST_TIMES, plan.candidates.most);
  let found = await retrieve(index, query, options);
  let limit = candidates;
  for (;;) {
    const distinct = withoutCopies(found.hits, options, collapse);
    const mayHaveMore = found.hits.length >= limit;
    if (distinct.isEnough || !mayHaveMore || limit >= most) return { ...found, ...distinct, mayHaveMore };
    limit = Math.min(limit * 2, most);
    found = await retrieveAgain(index, query, { ...options, candidates: limit }, found);
  }
}

/** The ranking of the candidates, the copies of each in its `duplicates`. */
export function withCopies(ranked: Ranked, { hits, copies }: DistinctHits): Ranked {
  if (copies.size === 0) return ranked;
  const order = ranked.order.map((one) => {
    const places = copies.get(one.index);
    // A copy may have other white space, so that a place in the text of the one is none in that of the other.
    const duplicates = places?.map((index) => ({ ...one, index, id: (hits[index] as Hit).id, part: undefined }));
    return duplicates === undefined ? one : { ...one, duplicates };
  });
  return { ...ranked, order };
}

/** Says where so many documents have one text that fewer texts were found than were asked for, though the index may hold more. */
export function tooFewTexts({ hits, distinct, mayHaveMore }: DistinctHits, wanted: number, candidates: number): readonly string[] {
  if (!mayHaveMore || hits.length === distinct || distinct >= Math.min(wanted, candidates)) return [];
  return [
    `the first ${counted(hits.length, 'document')} that were found have ${counted(distinct, 'text')} between them, and ${grouped(wanted)} were asked for: more candidates may bring more`,
  ];
}

function withoutCopies(hits: readonly Hit[], { candidates, rankFields, kindOf }: DistinctOptions, collapse: Collapse) {
  if (collapse === 'off') return { hits, distinct: hits.length, copies: new Map<number, number[]>(), isEnough: true };
  const [same, alike] = [
    alikeFinder('equal', rankFields, kindOf),
    collapse === 'near' ? alikeFinder('near', rankFields, kindOf) : undefined,
  ];
  const most = alike === undefined ? candidates : candidates * MOST_NEAR;
  const kept: Hit[] = [];
  const others: { readonly hit: Hit; readonly of: number }[] = [];
  let unlike = 0;
  for (const hit of hits) {
    const of = same(hit.document);
    if (of !== undefined && of < kept.length) others.push({ hit, of });
    else if (of === undefined && kept.length < most && unlike < candidates) {
      kept.push(hit);
      if (alike === undefined || alike(hit.document) === undefined) unlike++;
    }
  }
  const copies = new Map<number, number[]>();
  for (const [at, { of }] of others.entries()) copies.set(of, [...(copies.get(of) ?? []), kept.length + at]);
  const isEnough = unlike >= candidates || kept.length >= most;
  return { hits: [...kept, ...others.map(({ hit }) => hit)], distinct: kept.length, copies, isEnough };
}

/** What was embedded and noted the first time stands. */
async function retrieveAgain(index: SearchIndex, query: string, options: RetrieveOptions, before: Retrieved): Promise<Retrieved> {
  const known = { vector: before.queryVector ?? options.vector, weighed: before.weighed };
  const { hits, queryVector, timings } = await retrieve(index, query, { ...options, ...known });
  const { embed, retrieve: time } = before.timings;
  return { ...before, hits, queryVector, timings: { embed, retrieve: time + timings.retrieve } };
}
