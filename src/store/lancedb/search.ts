import type { FullTextQuery, Table, VectorQuery } from '@lancedb/lancedb';
import { documentTest } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import { holdsTies, topWithTies } from '../../math/near-ties.ts';
import { topK } from '../../math/top-k.ts';
import { cosine } from '../../math/vectors.ts';
import type { PassagePlace } from '../../types.ts';
import { bestOfEach, type PassageRow } from '../best-passages.ts';
import { type AskedBy, keepsTitles, type Manifest, typesIn } from '../store.ts';
import { timesOf } from '../terms.ts';
import { both, conditionFor, quoted } from './filter.ts';
import type { LanceLibraries } from './library.ts';
import { learnRarities } from './rarities.ts';
import { rowsOfRepeated } from './repeated-words.ts';
import { type Batch, cellReader, entriesIn, firstRows, hasPassages, PLACE, rowIn } from './rows.ts';
import type { WordIndex } from './word-index.ts';
import { scoreUnindexed } from './word-scores.ts';
import { wordQuery } from './words.ts';

/** Rows asked for beyond those wanted: most ties at the cut end within them, so that one query is enough. */
export const SPARE = 8;
/** How many times more rows are asked for while a tie by words goes on. */
const MORE = 4;
/** A cosine in single precision is off by at most a tenth of this (seen: 1e-7). */
const COSINE_NOISE = 1e-6;
/** Ids of one condition: each condition is a look at all ids, or at their index. */
export const IDS_PER_FILTER = 4096;
/** Up to so many documents that fit a filter comparing each costs no more than asking the approximate index, whatever there is beside them. */
const FEW = 2000;
/**
 * Times as many candidates under a filter: what fits lies farther apart from the query and so nearer together (recall .986 becomes 1.000); fewer where
 * so many fit that they lie as near (10 % of 300,000: 1.000 with 8 candidates for each as with 12, in 19.4 against 22.7 ms).
 */
const FILTERED = 4;
const FILTERED_WIDELY = 8 / 3;
const WIDE = 20_000;
/** Beyond so many rows candidates grow as their square root: the nearest of more lie nearer together (a million in 1,000 clusters: recall .949 with 6 for each, .974 with 8, .994 with 12). */
const DENSE_FROM = 100_000;

/** From here on hits bring their documents at once, though a tie may bring more than are wanted: looking for the ids takes longer. */
export const MANY = 500;

/** Which rows may be found. */
export interface Restriction {
  /** An SQL condition. @default all rows */
  readonly where?: string;
  /** Rows that it leaves. */
  readonly fitting: number;
}

/** A row that was found; the columns that were asked for. */
export interface Row extends PassageRow {
  readonly place?: PassagePlace;
  /** By LanceDB's own account: smaller is nearer. Of searches by vector. */
  readonly distance: number;
  /** JSON. */
  readonly document: string;
  readonly vector?: Float32Array;
  readonly tokens?: Uint8Array;
  /** As `packTitle` made it; with the document, of which every row may be. */
  readonly title?: Uint8Array;
  /** Cosine with the other vector, where one is asked by. */
  readonly cosine?: number;
  /** Where words are asked by beside. */
  readonly terms?: string;
  /** The number of its write, where that was asked for. */
  readonly written?: number;
}
export type FoundRow = Omit<Row, 'distance'>;

export interface RowQuery extends Restriction {
  readonly limit: number;
  readonly withTokens: boolean;
  /** By what rows are scored beside: what that needs of them comes with them where it costs little. */
  readonly other?: AskedBy;
}

/** How the approximate index is asked, where there is one. */
export interface Approximation {
  /** Candidates fetched for each one returned, to be compared exactly; more under a filter, and of many rows. */
  readonly refine: number;
  /** Partitions that are looked into; more where too few that fit come. */
  readonly probes: number;
}

/**
 * The rows that fit a filter. Where the columns of filterable fields do not tell, the documents that they leave are read, without their vectors, and
 * those that fit are named by their ids.
 */
export async function restrictTo(table: Table, filter: Filter | undefined, manifest: Manifest): Promise<Restriction> {
  if (filter === undefined) return { fitting: await table.countRows() };
  const { sql, isExact } = conditionFor(filter, manifest);
  if (isExact) return { where: sql, fitting: await table.countRows(sql) };
  const fits = documentTest(filter, typesIn(manifest));
  const [yes, no]: [string[], string[]] = [[], []];
  for await (const batch of table
    .query()
    .where(firstRows(manifest, sql) as string)
    .select(['id', 'document']))
    for (const { id, document } of entriesIn(batch, ['document'])) (fits(document) ? yes : no).push(id);
  const where = yes.length <= no.length ? idsIn(yes) : no.length === 0 ? sql : `(${sql} AND NOT ${idsIn(no)})`;
  return { where, fitting: hasPassages(manifest) ? await table.countRows(where) : yes.length };
}

/** An SQL condition for each 4,096 of the ids; with hashes, by id, only those of the ids whose document still has that one. */
export function* conditionsFor(ids: readonly string[], hashes?: ReadonlyMap<string, string>, each = IDS_PER_FILTER): Generator<string> {
  for (let at = 0; at < ids.length; at += each) {
    const some = ids.slice(at, at + each);
    const content =
      hashes === undefined ? '' : ` AND (hash || ' ' || id) IN (${some.map((id) => quoted(`${hashes.get(id)} ${id}`)).join(', ')})`;
    yield `${idsIn(some)}${content}`;
  }
}

/**
 * The best documents by BM25, each by its best row. More rows are asked for until a tie at the cut has ended. `built` says what the word index knows, where that is known: what was
 * written since is scored here.
 */
export async function searchWords(
  libraries: LanceLibraries,
  table: Table,
  manifest: Manifest,
  terms: readonly string[],
  asked: RowQuery,
  built: WordIndex | undefined,
): Promise<readonly FoundRow[]> {
  const { limit: count, withTokens, where, other } = asked;
  const times = timesOf(terms);
  const ask = (query: FullTextQuery, columns: readonly string[], limit: number): Promise<Row[]> => {
    const best = within(table.query().fullTextSearch(query), where)
      .select([...new Set([...columns, '_score'])])
      .limit(limit);
    return rowsOf(built === undefined ? best : best.fastSearch(), { other });
  };
  const findRepeated = (of: WordIndex) =>
    rowsOfRepeated(libraries, table, { terms, times, built: of, count, first: count + SPARE }, (query, limit) =>
      ask(query, [...tieColumns(manifest, asked), 'terms'], limit),
    );
  let rows = built !== undefined && terms.length > times.size ? await findRepeated(built) : undefined;
  if (rows === undefined) {
    const query = wordQuery(libraries, times);
    let limit = count + SPARE;
    rows = await ask(query, columnsFor(manifest, asked), limit);
    if (built !== undefined && other !== undefined) learnRarities(rows, times, built);
    while (rows.length === limit && !holdsTies(bestOfEach(rows), count))
      rows = withKnown(await ask(query, tieColumns(manifest, asked), (limit *= MORE)), rows);
  }
  if (built?.hasUnindexed) {
    const late = `written >= ${built.before}`;
    const scored = await scoreUnindexed(libraries, table, times, built, placesIn(manifest), (one) => one.where(both(where, late)));
    rows = [...rows, ...scored.map((row): Row => ({ ...row, distance: 0, document: '' }))];
  }
  return withDocuments(table, manifest, topWithTies(bestOfEach(rows), count), withTokens);
}

/**
 * The best documents by cosine, each by its best row. LanceDB's cosines are of single precision and its limit cuts through ties, so cosines are computed again, and a
 * tie that goes on past the cut is read to its end. With `exact`, where few rows fit, or where the approximate index reaches too few of them,
 * every vector that fits is compared.
 */
export async function searchVector(
  table: Table,
  manifest: Manifest,
  vector: Float32Array,
  asked: RowQuery & { readonly exact: boolean },
  { refine, probes }: Approximation,
): Promise<readonly FoundRow[]> {
  const { limit: count, withTokens, where, fitting, exact } = asked;
  const isExact = exact || (where !== undefined && fitting <= FEW);
  const filtered = where === undefined ? 1 : fitting < WIDE ? FILTERED : FILTERED_WIDELY;
  const candidates = Math.ceil(refine * Math.max(filtered, Math.sqrt(fitting / DENSE_FROM)));
  const nearest = (): VectorQuery => within(table.query().nearestTo(vector).distanceType('cosine'), where);
  const every = (): VectorQuery => nearest().bypassVectorIndex();
  const some = (): VectorQuery => nearest().refineFactor(candidates).maximumNprobes(0).minimumNprobes(probes);
  const ask = async (columns: readonly string[], limit: number): Promise<Row[]> => {
    const read = (query: VectorQuery) => rowsOf(query.select([...new Set([...columns, 'vector', '_distance'])]).limit(limit), { vector });
    const rows = isExact ? [] : await read(some());
    return isExact || rows.length < Math.min(limit, fitting) ? read(every()) : rows;
  };
  let limit = count + SPARE;
  let rows = await ask(columnsFor(manifest, asked), limit);
  let found = bestOfEach(rows);
  // A document with many passages must not take the places of others.
  while (rows.length === limit && found.length <= count) {
    rows = await ask(tieColumns(manifest, asked), (limit *= MORE));
    found = bestOfEach(rows);
  }
  if (rows.length < limit) return withDocuments(table, manifest, topK(found, count), withTokens);
  const best = topK(found, count + 1);
  const distances = Float64Array.from(found, ({ distance }) => distance).sort();
  const reach = (distances[count - 1] as number) + COSINE_NOISE;
  const farthest = rows.reduce((most, { distance }) => Math.max(most, distance), 0);
  // Of a tie at the cut an approximate index may have brought a part only, even where worse ones came after it.
  const torn = !isExact && best[count - 1]?.score === best[count]?.score;
  if (farthest > reach && !torn) return withDocuments(table, manifest, best.slice(0, count), withTokens);
  const near = every()
    .distanceRange(undefined, reach)
    .select([...new Set([...tieColumns(manifest, asked), 'vector', '_distance'])]);
  return withDocuments(table, manifest, topK(bestOfEach(await rowsOf(near.limit(fitting), { vector })), count), withTokens);
}

/** Rows that were asked for again, with what was read of them before. */
function withKnown(rows: readonly Row[], before: readonly Row[]): Row[] {
  const known = new Map(before.map((row) => [`${row.at} ${row.id}`, row]));
  return rows.map((row) => known.get(`${row.at} ${row.id}`) ?? row);
}

const idsIn = (ids: readonly string[]): string => (ids.length === 0 ? 'false' : `id IN (${ids.map(quoted).join(', ')})`);

export const within = <Asked extends { where(sql: string): Asked }>(query: Asked, where: string | undefined): Asked =>
  where === undefined ? query : query.where(where);

/** All rows of a query, batch by batch: a vector that is only there to be compared is not kept. */
export async function rowsOf(
  query: AsyncIterable<Batch>,
  { vector: asked, other }: { readonly vector?: Float32Array; readonly other?: AskedBy } = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of query) {
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const vector = (cell('vector', row) as { toArray(): Float32Array } | undefined)?.toArray();
      const tokens = cell('tokens', row) as Uint8Array | undefined;
      const isKept = tokens !== undefined && vector !== undefined;
      const title = cell('title', row) as Uint8Array | undefined;
      rows.push({
        ...rowIn(cell, row),
        score: asked === undefined || vector === undefined ? (cell('_score', row) as number) : cosine(asked, vector),
        distance: (cell('_distance', row) as number | undefined) ?? 0,
        document: (cell('document', row) as string | undefined) ?? '',
        tokens: isKept ? tokens.slice() : undefined,
        vector: isKept ? vector.slice() : undefined,
        // Empty where there is none, and in rows that are not the first of their document.
        title: title?.length ? title.slice() : undefined,
        cosine: other !== undefined && 'vector' in other && vector !== undefined ? cosine(other.vector, vector) : undefined,
        terms: cell('terms', row) as string | undefined,
        written: cell('written', row) as number | undefined,
      });
    }
  }
  return rows;
}

export const columnsFor = (
  manifest: Manifest,
  { withTokens, other = { terms: [] } }: Pick<RowQuery, 'withTokens' | 'other'>,
): readonly string[] => [
  ...new Set([
    'id',
    ...documentColumns(manifest, withTokens),
    ...placesIn(manifest),
    ...(withTokens ? ['vector', 'tokens'] : []),
    // Words too beside a vector: what the rows score for them is learned from.
    ...('vector' in other ? ['vector', 'terms'] : other.terms.length > 0 ? ['terms'] : []),
  ]),
];

/** What the first row of a document has for all of them. */
const documentColumns = (manifest: Manifest, withTokens: boolean): readonly string[] =>
  withTokens && keepsTitles(manifest) ? ['document', 'title'] : ['document'];

/** A tie may be long: its documents are read afterwards, unless as many are wanted that looking for their ids takes longer. */
export const tieColumns = (manifest: Manifest, asked: RowQuery): readonly string[] =>
  asked.limit > MANY && !asked.withTokens ? columnsFor(manifest, { ...asked, other: undefined }) : ['id', ...placesIn(manifest)];

export const placesIn = (manifest: Manifest): readonly string[] => (hasPassages(manifest) ? PLACE : []);

/** Rows of which only ids and scores are known, or that are not the first of their documents, whole; what was deleted meanwhile is left out. */
export async function withDocuments(
  table: Table,
  manifest: Manifest,
  found: readonly Row[],
  withTokens: boolean,
): Promise<readonly FoundRow[]> {
  const bare = found.filter(({ document }) => document === '');
  if (bare.length === 0) return found;
  const read = async (rows: readonly Row[], at: number, columns: readonly string[]): Promise<ReadonlyMap<string, Row>> => {
    const all = new Map<string, Row>();
    for (const condition of conditionsFor(rows.map(({ id }) => id))) {
      const where = hasPassages(manifest) ? `${condition} AND passage = ${at}` : condition;
      for (const row of await rowsOf(
        table
          .query()
          .where(where)
          .select(['id', ...columns]),
      ))
        all.set(row.id, row);
    }
    return all;
  };
  const documents = await read(bare, 0, documentColumns(manifest, withTokens));
  const packs = new Map<number, ReadonlyMap<string, Row>>();
  const unpacked = withTokens ? bare.filter(({ tokens }) => tokens === undefined) : [];
  for (const [at, rows] of Map.groupBy(unpacked, (row) => row.at)) packs.set(at, await read(rows, at, ['vector', 'tokens']));
  return found.flatMap((row): FoundRow[] => {
    if (row.document !== '') return [row];
    const { document, title } = documents.get(row.id) ?? {};
    const { vector, tokens } = packs.get(row.at)?.get(row.id) ?? row;
    return document === undefined ? [] : [{ ...row, document, title, vector, tokens }];
  });
}
