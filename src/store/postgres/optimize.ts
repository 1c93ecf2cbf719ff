import { filterFields } from '../filter-columns.ts';
import type { Ask } from './database.ts';
import { hnswStatement, indexedAs } from './hnsw.ts';
import { mergePostings } from './merge.ts';
import type { Settings } from './options.ts';
import { identifier } from './schema.ts';
import type { Session, State } from './session.ts';

/** Builds what makes searches fast, once there is so much that it pays. Writers wait meanwhile, and searches go on. */
export async function optimizeIndex(session: Session, settings: Settings): Promise<void> {
  await mergePostings(session);
  const isDue = await session.read(
    async (ask, state) => state.passages >= settings.exactBelow && (await missingIndexes(ask, state, settings)).length > 0,
  );
  if (!isDue) return;
  await session.write(
    async (ask, state) => {
      for (const statement of await missingIndexes(ask, state, settings)) await ask(statement);
    },
    {
      what: 'build the indexes of',
      settings: buildSettings(settings),
    },
  );
  const { tables } = await session.read(async (_, state) => state);
  for (const table of [tables.passages, tables.documents, tables.postings]) await session.alone(`ANALYZE ${table}`);
}

/** What a transaction that builds indexes may take: time, and memory where the server gives less by itself. */
export const buildSettings = ({ buildMemory }: Settings): readonly string[] => [
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  `SELECT set_config('maintenance_work_mem', greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 1024, ${buildMemory * 1024}) || 'kB', true)`,
];

/** Statements that build the indexes which are not there. */
export async function missingIndexes(ask: Ask, state: State, settings: Settings): Promise<readonly string[]> {
  const { tables, manifest, generation } = state;
  const hnsw = (await indexedAs(ask, state)) === undefined ? hnswStatement(state, settings) : undefined;
  const there = new Set(
    (
      await ask('SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::regclass', [
        tables.passages,
      ])
    ).map(({ name }) => name),
  );
  const filters = filterFields(manifest).flatMap((of, at) => {
    // A B-tree takes no text of more than 2,704 bytes, and then no document with one.
    const tree = of.type === 'keyword' ? 'spgist' : 'btree';
    const parts = [
      ['value', `${tree} (${of.value})`],
      ['high', `${tree} (${of.high}) WHERE ${of.high} IS NOT NULL`],
      ['other', `gin (${of.other}) WHERE ${of.other} IS NOT NULL`],
    ] as const;
    return parts.flatMap(([part, using]) => {
      const name = `passages_${generation}_filter${at}_${part}`;
      return there.has(name) ? [] : [`CREATE INDEX ${identifier(name)} ON ${tables.passages} USING ${using}`];
    });
  });
  return hnsw === undefined ? filters : [hnsw, ...filters];
}
