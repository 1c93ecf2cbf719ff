import { FinetoothError, throwIfStopped } from '../../errors.ts';
import type { EngineCompacted, EngineOptions } from '../engine.ts';
import { indexMissing } from '../index-changes.ts';
import { readAddress } from './address.ts';
import type { Database } from './database.ts';
import { mergePostings } from './merge.ts';
import { buildSettings, missingIndexes, optimizeIndex } from './optimize.ts';
import { checkedSettings, type Settings } from './options.ts';
import { identifier, literal, lockFor, makeTables, tablesOf } from './schema.ts';
import { openSession, type Session } from './session.ts';
import { connectTo, removeGenerations } from './stage.ts';

/** Share of the passages from which, when so many were removed, an index is copied: a vacuum fills what they leave again, and gives little of it back. */
const MOST_REMOVED = 0.5;
/** A table that someone reads is waited for so long. */
const LONGEST_WAIT_MS = 10_000;

/** Gives back what replaced and deleted documents take: merges postings, copies what is swollen, vacuums, builds broken indexes again, and drops what rebuilds kept. */
export async function compactIndex(address: string, { signal, onProgress }: EngineOptions = {}): Promise<EngineCompacted> {
  const read = readAddress(address);
  const { index: schema, shown, settings } = read;
  const database = connectTo(read);
  const session = openSession(database, schema, shown, settings.generation);
  try {
    if ((await session.open()) === undefined) throw indexMissing(shown);
    const relations = (kind: string) =>
      session.alone(
        `SELECT c.oid::regclass::text AS name, pg_total_relation_size(c.oid)::float8 AS bytes FROM pg_class c WHERE c.relnamespace = ${literal(identifier(schema))}::regnamespace AND c.relkind = ${literal(kind)}`,
      );
    const sizeNow = async () => (await relations('r')).reduce((sum, { bytes }) => sum + Number(bytes), 0);
    const before = await sizeNow();
    await mergePostings(session, { isWhole: true, signal });
    const state = await session.read(async (_, now) => now);
    if (settings.generation === undefined && state.removed > MOST_REMOVED * state.passages)
      await copyIndex(session, checkedSettings(settings), shown);
    const removed = await removeKept(database, schema, signal);
    const broken = await session.alone(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = ${literal(identifier(schema))}::regnamespace AND NOT i.indisvalid`,
    );
    const { tables } = await session.read(async (_, now) => now);
    const statements = [
      ...broken.map(({ name }) => `DROP INDEX IF EXISTS ${name}`),
      ...Object.values(tables).map((table) => `VACUUM (ANALYZE) ${table}`),
    ];
    for (const [done, statement] of statements.entries()) {
      throwIfStopped(signal);
      onProgress?.({ done, total: statements.length, unit: 'step' });
      await session.alone(statement);
    }
    await optimizeIndex(session, checkedSettings(settings));
    return { before, after: await sizeNow(), removed };
  } finally {
    await session.close();
  }
}

/**
 * Copies all that is alive into a new generation, which takes the place of the old one in the same transaction: searches go on meanwhile, and who writes waits.
 * `VACUUM FULL` would stop both.
 */
async function copyIndex(session: Session, settings: Settings, shown: string): Promise<void> {
  await session.write(
    async (ask, state) => {
      const { tables, schema, generation, manifest } = state;
      const [next] = await ask(`SELECT max(generation) + 1 AS generation FROM ${tables.generations}`);
      const at = Number(next?.generation);
      const copy = { ...state, generation: at, tables: tablesOf(schema, at) };
      await makeTables(ask, copy.tables, manifest, shown);
      for (const name of ['documents', 'passages', 'postings', 'gone'] as const)
        await ask(`INSERT INTO ${copy.tables[name]} SELECT * FROM ${tables[name]}`);
      if (state.passages >= settings.exactBelow) for (const statement of await missingIndexes(ask, copy, settings)) await ask(statement);
      await ask(`UPDATE ${tables.generations} SET state = 'kept' WHERE generation = $1`, [generation]);
      await ask(
        `INSERT INTO ${tables.generations} (generation, state, manifest, version, documents, passages, words, odd, next_row, next_write, merged_write, changed_at)
          SELECT $2, 'live', manifest, version, documents, passages, words, odd, next_row, next_write, merged_write, changed_at FROM ${tables.generations} WHERE generation = $1`,
        [generation, at],
      );
    },
    { what: 'compact', settings: buildSettings(settings) },
  );
}

/** What someone still reads stays until the next time. */
async function removeKept(database: Database, schema: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const first = [lockFor(schema, 'make'), `SET LOCAL lock_timeout = ${LONGEST_WAIT_MS}`];
  try {
    const removed = await database.transaction({ what: 'compact', first, signal }, (ask) =>
      removeGenerations(ask, schema, "state = 'kept' OR (state = 'staged' AND lease_until < clock_timestamp())"),
    );
    return removed.map((at) => `${schema}?generation=${at}`);
  } catch (error) {
    if (error instanceof FinetoothError && error.code === 'E_LOCKED') return [];
    throw error;
  }
}
