import type { FullTextQuery, IndexConfig, Occur, Query, Table } from '@lancedb/lancedb';
import { LONGEST_WORD } from '../text/analyzer.ts';
import type { PassagePlace } from '../types.ts';
import type { PassageRow } from './best-passages.ts';
import { rarityOf, saturationOf } from './bm25.ts';
import type { LanceLibraries } from './lance-library.ts';
import { cellReader, countsWrites, rowIn } from './lance-rows.ts';
import type { Manifest } from './store.ts';

/** LanceDB leaves words of this many bytes of UTF-8 and more out of its index; the longest of ours has 64 letters of at most four. */
const MAX_TOKEN_BYTES = 4 * LONGEST_WORD + 1;
/** Of the field `terms`: what the word index was built over, as JSON. */
const METADATA = 'finetooth-words';

/** What the word index was built over: by these documents words are weighed until it is built again. */
export interface BuiltWords {
  /** Of the index that this is said of. */
  readonly index: string;
  readonly documents: number;
  /** Words of a document. */
  readonly meanLength: number;
  /** Documents of a write with this number or a later one are not in it. */
  readonly before: number;
}

export interface UnindexedRow extends PassageRow {
  readonly place?: PassagePlace;
}

/** Builds the word index, again where there is one. For who holds the index's lock. */
export async function buildWords({ lance }: LanceLibraries, table: Table, manifest: Manifest): Promise<void> {
  const before = await table.version();
  const config = lance.Index.fts({
    baseTokenizer: 'whitespace',
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
    withPosition: false,
    maxTokenLength: MAX_TOKEN_BYTES,
  });
  await table.createIndex('terms', { config, replace: true });
  if (!countsWrites(manifest)) return;
  let [documents, words] = [0, 0];
  for await (const batch of table.query().select(['length'])) {
    documents += batch.numRows;
    for (const length of batch.getChild('length')?.toArray() as Int32Array) words += length;
  }
  const index = (await wordIndexOf(table))?.indexUuid ?? '';
  const built: BuiltWords = { index, documents, meanLength: words / Math.max(1, documents), before };
  await table.updateFieldMetadata([{ path: 'terms', metadata: { [METADATA]: JSON.stringify(built) } }]);
}

/** Nothing where the index is of an earlier version, or was not built to its end. */
export async function readBuiltWords(table: Table, index: IndexConfig | undefined): Promise<BuiltWords | undefined> {
  const field = (await table.schema()).fields.find(({ name }) => name === 'terms');
  const built = JSON.parse(field?.metadata.get(METADATA) ?? 'null') as BuiltWords | null;
  return built !== null && built.index === index?.indexUuid ? built : undefined;
}

export async function wordIndexOf(table: Table): Promise<IndexConfig | undefined> {
  return (await table.listIndices()).find(({ columns }) => columns[0] === 'terms');
}

/** Before words of 64 letters of any script were kept, 128 bytes were the longest. */
export function holdsLongWords(index: IndexConfig | undefined): boolean {
  return index?.indexDetails?.max_token_length === MAX_TOKEN_BYTES;
}

/** LanceDB counts a word of a query once, so words asked n times make a query of their own, n times as heavy. */
export function wordQuery({ lance }: LanceLibraries, times: ReadonlyMap<string, number>): FullTextQuery {
  const parts = [...Map.groupBy(times.keys(), (term) => times.get(term) as number)].map(([boost, words]): [Occur, FullTextQuery] => [
    lance.Occur.Should,
    new lance.MatchQuery(words.join(' '), 'terms', { boost }),
  ]);
  return parts.length === 1 ? (parts[0] as (typeof parts)[0])[1] : new lance.BooleanQuery(parts);
}

/**
 * BM25 of the rows that were written after the word index was built, as it would score them. LanceDB searches them too, but weighs
 * their words otherwise and misses some of them (seen: 2,065 of 140,299 after a hundred documents were changed).
 */
export async function scoreUnindexed(
  libraries: LanceLibraries,
  table: Table,
  times: ReadonlyMap<string, number>,
  built: BuiltWords,
  places: readonly string[],
  within: (query: Query) => Query,
): Promise<readonly UnindexedRow[]> {
  const rows: (Omit<UnindexedRow, 'score'> & { readonly length: number; readonly counts: ReadonlyMap<string, number> })[] = [];
  const asked = new Set<string>();
  for await (const batch of within(table.query()).select(['id', 'terms', 'length', ...places])) {
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const counts = countsIn(cell('terms', row) as string, times);
      for (const term of counts.keys()) asked.add(term);
      if (counts.size > 0) rows.push({ ...rowIn(cell, row), length: cell('length', row) as number, counts });
    }
  }
  const rarities = new Map(
    await Promise.all([...asked].map(async (term) => [term, await rarityIn(libraries, table, term, built)] as const)),
  );
  return rows.map(({ length, counts, ...row }) => {
    let score = 0;
    for (const [term, count] of counts)
      score += (times.get(term) as number) * (rarities.get(term) as number) * saturationOf(count, length, built.meanLength);
    return { ...row, score };
  });
}

function countsIn(terms: string, wanted: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms.split(' ')) if (wanted.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** How rare a word was when the index was built, which LanceDB tells only as a part of a score. */
async function rarityIn({ lance }: LanceLibraries, table: Table, term: string, built: BuiltWords): Promise<number> {
  const query = table.query().fullTextSearch(new lance.MatchQuery(term, 'terms')).fastSearch();
  const [best] = (await query.select(['terms', 'length', '_score']).limit(1).toArray()) as {
    readonly terms: string;
    readonly length: number;
    readonly _score: number;
  }[];
  if (best === undefined) return rarityOf(0, built.documents);
  const count = countsIn(best.terms, new Map([[term, 1]])).get(term) ?? 1;
  return best._score / saturationOf(count, best.length, built.meanLength);
}
