import type { IndexConfig, Table } from '@lancedb/lancedb';
import { countOf } from '../terms.ts';
import { cellReader } from './rows.ts';
import { type BuiltWords, readBuiltWords, wordIndexOf } from './words.ts';

/** A word index that is searched. */
export interface WordIndex extends BuiltWords {
  /** Whether documents were written since it was built. */
  readonly hasUnindexed: boolean;
  /** The idf of words that were asked for before, 0 of one that it does not have. */
  readonly rarities: Map<string, number>;
}

export interface WordIndexes {
  /** That of a table; nothing where it does not say what it was built over: then LanceDB searches and weighs all rows itself. */
  at(table: Table): Promise<WordIndex | undefined>;
  /** The same, and where the index does not say it, what it is over now. */
  weighing(table: Table): Promise<WordIndex>;
}

/** What is known of a word index holds until it is built again. */
export function createWordIndexes(): WordIndexes {
  let last: WordIndex | undefined;
  const know = async (index: IndexConfig | undefined, read: () => Promise<BuiltWords | undefined>): Promise<WordIndex | undefined> => {
    if (last !== undefined && last.index === index?.indexUuid) return last;
    const built = await read();
    const known = built && { ...built, hasUnindexed: false, rarities: new Map<string, number>() };
    last = known;
    return known;
  };
  const at = async (table: Table): Promise<WordIndex | undefined> => {
    const index = await wordIndexOf(table);
    const known = await know(index, () => readBuiltWords(table, index));
    if (known?.before === NEVER) return undefined;
    return known && { ...known, hasUnindexed: index?.numUnindexedRows !== 0 };
  };
  return {
    at,
    weighing: async (table) => {
      const known = await at(table);
      if (known !== undefined) return known;
      const index = await wordIndexOf(table);
      return (await know(index, () => measureWords(table, index))) as WordIndex;
    },
  };
}

/** Stands for the first write that such an index does not hold. */
const NEVER = Number.POSITIVE_INFINITY;

async function measureWords(table: Table, index: IndexConfig | undefined): Promise<BuiltWords> {
  let [documents, words] = [0, 0];
  for await (const batch of table.query().select(['terms'])) {
    documents += batch.numRows;
    const cell = cellReader(batch);
    for (let row = 0; row < batch.numRows; row++) words += countOf(cell('terms', row) as string);
  }
  return { index: index?.indexUuid ?? '', documents, meanLength: words / Math.max(1, documents), before: NEVER };
}
