import type { FullTextQuery, IndexConfig, Occur, Table } from '@lancedb/lancedb';
import { LONGEST_WORD } from '../../text/analyzer.ts';
import type { Manifest } from '../store.ts';
import type { LanceLibraries } from './library.ts';
import { countsWrites } from './rows.ts';

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
