import type { Table } from '@lancedb/lancedb';
import { throwIfStopped } from '../../errors.ts';
import { byScore } from '../../math/order.ts';
import { sparseScorer } from '../../math/sparse.ts';
import { topK } from '../../math/top-k.ts';
import type { SparseVector } from '../../types.ts';
import { bestOfEach } from '../best-passages.ts';
import type { Manifest } from '../store.ts';
import type { Opened } from './connection.ts';
import { both } from './filter.ts';
import { bestByPostings, type Candidate, candidatesAt } from './posting-scores.ts';
import type { Postings } from './postings.ts';
import { cellReader, rowIn } from './rows.ts';
import {
  columnsFor,
  conditionsFor,
  type FoundRow,
  IDS_PER_FILTER,
  MANY,
  placesIn,
  type Row,
  type RowQuery,
  rowsOf,
  SPARE,
  tieColumns,
  withDocuments,
  within,
} from './search.ts';
import { type Segment, type Segments, UnusableSegment } from './segments.ts';

/** Opening and adding up postings takes as long as scoring so many rows. */
export const FEW_SCORED = 500;
/** Looking for a candidate by its id takes as long as scoring so many rows that follow each other, or one that a filter leaves. */
const LOOKED_UP = 5;
/** Candidates for each one that is expected to fit a filter. */
const UNEVEN = 1.5;
/** How many times more candidates are looked for where too few of them are alive and fit. */
const MORE = 8;

export interface SparseQuery extends RowQuery {
  /** Up to so many rows that fit are all scored. */
  readonly few: number;
  readonly signal?: AbortSignal;
}

/**
 * The best documents by a sparse vector, each by its best row: those that the postings of its tokens name, and of what was written since these were
 * built every row that fits. Where there are no postings, or few rows fit, every one of these is scored.
 */
export async function searchSparse(
  opened: Pick<Opened, 'table' | 'path' | 'manifest'>,
  vector: SparseVector,
  asked: SparseQuery,
  segments: Segments,
): Promise<readonly FoundRow[]> {
  const { table, path, manifest } = opened;
  const finish = (rows: readonly Row[]) => withDocuments(table, manifest, topK(bestOfEach(rows), asked.limit), asked.withTokens);
  const postings = isPlain(vector) ? await segments.of(table) : undefined;
  const indexed = postings?.segments.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  const { limit, fitting, where, few, signal } = asked;
  const wanted = Math.ceil((limit + SPARE) * Math.max(1, indexed / fitting) * (where === undefined ? 1 : UNEVEN));
  if (postings === undefined || segments.isDismissed(path, postings) || fitting <= few + (where === undefined ? LOOKED_UP : 1) * wanted)
    return finish(await scoreRows(table, manifest, vector, asked));
  let found: readonly Row[];
  try {
    found = await searchPostings(opened, vector, { ...asked, postings, wanted }, segments);
  } catch (error) {
    if (!(error instanceof UnusableSegment)) throw error;
    await segments.dismiss(error);
    return finish(await scoreRows(table, manifest, vector, asked));
  }
  if (postings.late === 0) return finish(found);
  const late = await scoreRows(table, manifest, vector, { limit, signal, where: both(where, `written >= ${postings.before}`) });
  return finish([...found, ...late]);
}

/** Whether a score is above 0 where a token is shared, and of tokens that ascend. */
function isPlain({ ids, weights }: SparseVector): boolean {
  return (
    weights.every((weight) => weight > 0 && weight < Number.POSITIVE_INFINITY) &&
    ids.every((id, at) => at === 0 || id > (ids[at - 1] as number))
  );
}

/** Every row that fits is scored: some 5 ms for a thousand of 170 weights each. */
async function scoreRows(
  table: Table,
  manifest: Manifest,
  vector: SparseVector,
  { limit, where, signal }: Pick<SparseQuery, 'limit' | 'where' | 'signal'>,
): Promise<readonly Row[]> {
  const score = sparseScorer(vector);
  let best: Row[] = [];
  for await (const batch of within(table.query(), where).select(['id', 'sparse', ...placesIn(manifest)])) {
    throwIfStopped(signal);
    const cell = cellReader(batch);
    const found: Row[] = [];
    for (let row = 0; row < batch.numRows; row++) {
      const sum = score(cell('sparse', row) as Uint8Array);
      if (sum !== undefined) found.push({ ...rowIn(cell, row), score: sum, distance: 0, document: '' });
    }
    // A document may have its best row in a later batch: the worse one then goes with those that it displaced.
    best = topK(bestOfEach([...best, ...found]), limit);
  }
  return best;
}

/** The best that postings name, that are still as they were and fit, each document by its best row. */
async function searchPostings(
  { table, path, manifest }: Pick<Opened, 'table' | 'path' | 'manifest'>,
  vector: SparseVector,
  asked: SparseQuery & { readonly postings: Postings; readonly wanted: number },
  segments: Segments,
): Promise<readonly Row[]> {
  const { limit, postings } = asked;
  const files = await segments.open(path, postings);
  const best = new Map<string, Row>();
  try {
    let [wanted, below] = [asked.wanted, Number.POSITIVE_INFINITY];
    while (best.size < limit) {
      const candidates = await nextCandidates(files, vector, { wanted, below });
      for (let at = 0; at < candidates.length && best.size < limit; ) {
        const some = candidates.slice(at, at + Math.min(wanted, IDS_PER_FILTER));
        at += some.length;
        throwIfStopped(asked.signal);
        for (const row of await fittingOf(table, manifest, some, asked)) if (!best.has(row.id)) best.set(row.id, row);
      }
      const last = candidates.at(-1);
      if (last === undefined) break;
      [wanted, below] = [MORE * wanted, last.score];
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
  return [...best.values()];
}

/** In the one total order; of equal passages of a document the first. */
async function nextCandidates(
  files: readonly Segment[],
  vector: SparseVector,
  which: Parameters<typeof bestByPostings>[2],
): Promise<readonly Candidate[]> {
  const candidates = await candidatesAt(files, await bestByPostings(files, vector, which));
  return candidates.sort((a, b) => byScore(a, b) || a.at - b.at);
}

/** Those of the candidates that are still there as they were written, and fit, in their order. */
async function fittingOf(table: Table, manifest: Manifest, candidates: readonly Candidate[], asked: SparseQuery): Promise<readonly Row[]> {
  const columns = candidates.length > MANY ? tieColumns(manifest, asked) : columnsFor(manifest, asked);
  const found = new Map<string, Row>();
  for (const condition of conditionsFor([...new Set(candidates.map(({ id }) => id))])) {
    const query = within(table.query(), both(asked.where, condition)).select([...new Set([...columns, 'written'])]);
    for (const row of await rowsOf(query, { other: asked.other })) found.set(keyOf(row), row);
  }
  return candidates.flatMap((candidate): Row[] => {
    const row = found.get(keyOf(candidate));
    return row === undefined ? [] : [{ ...row, score: candidate.score }];
  });
}

/** No two rows were written with one number, as one passage of one document. */
const keyOf = ({ written, at, id }: { readonly written?: number; readonly at: number; readonly id: string }): string =>
  `${written} ${at} ${id}`;
