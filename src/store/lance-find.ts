import type { FullTextQuery, Occur, Table, VectorQuery } from '@lancedb/lancedb';
import { holdsTies, topWithTies } from '../math/near-ties.ts';
import type { Scored } from '../math/order.ts';
import { topK } from '../math/top-k.ts';
import { cosine } from '../math/vectors.ts';
import type { LanceLibraries } from './lance-library.ts';

/** Rows asked for beyond those wanted: most ties at the cut end within them, so that one query is enough. */
const SPARE = 8;
/** How many times more rows are asked for while a tie by words goes on. */
const MORE = 4;
/** A cosine in single precision is off by at most a tenth of this (seen: 1e-7). */
const COSINE_NOISE = 1e-6;
const IDS_PER_FILTER = 500;

/** A row that was found; the columns that were asked for. */
interface Row extends Scored {
  /** By LanceDB's own account: smaller is nearer. Of searches by vector. */
  readonly distance: number;
  /** JSON. */
  readonly document: string;
  readonly vector?: Float32Array;
  readonly tokens?: Uint8Array;
}
export type FoundRow = Omit<Row, 'distance'>;

/** How the approximate index is asked, where there is one. */
export interface Approximation {
  /** Candidates fetched for each one returned, to be compared exactly. */
  readonly refine: number;
  /** Partitions that are looked into. */
  readonly probes: number;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An SQL condition for each 500 of the ids; with hashes, by id, only those of the ids whose document still has that one. */
export const conditionsFor = function* (ids: readonly string[], hashes?: ReadonlyMap<string, string>): Generator<string> {
  for (let at = 0; at < ids.length; at += IDS_PER_FILTER) {
    const some = ids.slice(at, at + IDS_PER_FILTER);
    const content =
      hashes === undefined ? '' : ` AND (hash || ' ' || id) IN (${some.map((id) => quoted(`${hashes.get(id)} ${id}`)).join(', ')})`;
    yield `id IN (${some.map(quoted).join(', ')})${content}`;
  }
};

/**
 * The best `count` rows by BM25. LanceDB counts a word of a query once, so words asked n times make a query of their own, n times as heavy.
 * More rows are asked for until a tie at the cut has ended.
 */
export const findByWords = async (
  { lance }: LanceLibraries,
  table: Table,
  terms: readonly string[],
  count: number,
  withTokens: boolean,
): Promise<readonly FoundRow[]> => {
  const times = new Map<string, number>();
  for (const term of terms) times.set(term, (times.get(term) ?? 0) + 1);
  const parts = [...Map.groupBy(times.keys(), (term) => times.get(term) as number)].map(([boost, words]): [Occur, FullTextQuery] => [
    lance.Occur.Should,
    new lance.MatchQuery(words.join(' '), 'terms', { boost }),
  ]);
  const query = parts.length === 1 ? (parts[0] as (typeof parts)[0])[1] : new lance.BooleanQuery(parts);
  const ask = (columns: readonly string[], limit: number): Promise<Row[]> =>
    rowsOf(
      table
        .query()
        .fullTextSearch(query)
        .select([...columns, '_score'])
        .limit(limit),
    );
  let limit = count + SPARE;
  let rows = await ask(columnsFor(withTokens), limit);
  if (rows.length < limit || holdsTies(rows, count)) return topWithTies(rows, count);
  do rows = await ask(tieColumns(count, withTokens), (limit *= MORE));
  while (rows.length === limit && !holdsTies(rows, count));
  return withDocuments(table, topWithTies(rows, count), withTokens);
};

/**
 * The best `count` rows by cosine. LanceDB's cosines are of single precision and its limit cuts through ties, so cosines are computed again,
 * and a tie that goes on past the cut is read to its end. With `exact`, or where the approximate index reaches too few documents, every
 * vector is compared.
 */
export const findByVector = async (
  table: Table,
  probe: Float32Array,
  count: number,
  withTokens: boolean,
  exact: boolean,
  { refine, probes }: Approximation,
): Promise<readonly FoundRow[]> => {
  const limit = count + SPARE;
  const every = (): VectorQuery => table.query().nearestTo(probe).distanceType('cosine').bypassVectorIndex();
  const some = (): VectorQuery => table.query().nearestTo(probe).distanceType('cosine').refineFactor(refine).nprobes(probes);
  const ask = (query: VectorQuery): Promise<Row[]> =>
    rowsOf(query.select([...columnsFor(withTokens), ...(withTokens ? [] : ['vector']), '_distance']).limit(limit), probe);
  let rows = await ask(exact ? every() : some());
  if (rows.length < limit) {
    if (!exact && rows.length < (await table.countRows())) rows = await ask(every());
    if (rows.length < limit) return topK(rows, count);
  }
  const best = topK(rows, count + 1);
  const distances = Float64Array.from(rows, ({ distance }) => distance).sort();
  const reach = (distances[count - 1] as number) + COSINE_NOISE;
  // Of a tie at the cut an approximate index may have brought a part only, even where worse ones came after it.
  const torn = !exact && best[count - 1]?.score === best[count]?.score;
  if ((distances.at(-1) as number) > reach && !torn) return best.slice(0, count);
  const near = every()
    .distanceRange(undefined, reach)
    .select([...new Set([...tieColumns(count, withTokens), 'vector', '_distance'])]);
  return withDocuments(table, topK(await rowsOf(near.limit(await table.countRows()), probe), count), withTokens);
};

const columnsFor = (withTokens: boolean): readonly string[] => ['id', 'document', ...(withTokens ? ['vector', 'tokens'] : [])];

/** A tie may be long: its documents are read afterwards, unless as many are wanted that looking for their ids takes longer. */
const tieColumns = (count: number, withTokens: boolean): readonly string[] =>
  count > IDS_PER_FILTER && !withTokens ? columnsFor(false) : ['id'];

/** All rows of a query, batch by batch: a vector that is only there to be compared is not kept. */
const rowsOf = async (query: AsyncIterable<Batch>, probe?: Float32Array): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const batch of query) {
    const columns = new Map(batch.schema.fields.map(({ name }) => [name, batch.getChild(name as never) as Column]));
    const valueAt = (name: string, at: number): unknown => columns.get(name)?.get(at);
    for (let at = 0; at < batch.numRows; at++) {
      const vector = (valueAt('vector', at) as { toArray(): Float32Array } | undefined)?.toArray();
      const tokens = valueAt('tokens', at) as Uint8Array | undefined;
      rows.push({
        id: valueAt('id', at) as string,
        score: probe === undefined || vector === undefined ? (valueAt('_score', at) as number) : cosine(probe, vector),
        distance: (valueAt('_distance', at) as number | undefined) ?? 0,
        document: (valueAt('document', at) as string | undefined) ?? '',
        ...(tokens === undefined || vector === undefined ? {} : { tokens: tokens.slice(), vector: vector.slice() }),
      });
    }
  }
  return rows;
};

interface Column {
  get(at: number): unknown;
}
interface Batch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: never): unknown;
}

/** Rows of which only ids and scores are known, whole; what was deleted meanwhile is left out. */
const withDocuments = async (table: Table, found: readonly Row[], withTokens: boolean): Promise<readonly FoundRow[]> => {
  if (found.every(({ document }) => document !== '')) return found;
  const rows = new Map<string, Row>();
  for (const condition of conditionsFor(found.map(({ id }) => id)))
    for (const row of await rowsOf(
      table
        .query()
        .where(condition)
        .select([...columnsFor(withTokens)]),
    ))
      rows.set(row.id, row);
  return found.filter(({ id }) => rows.has(id)).map(({ id, score }) => ({ ...(rows.get(id) as Row), score }));
};
