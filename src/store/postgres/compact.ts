import { throwIfStopped } from '../../errors.ts';
import type { EngineCompacted, EngineOptions } from '../engine.ts';
import { indexMissing } from '../index-changes.ts';
import { readAddress } from './address.ts';
import { mergePostings } from './merge.ts';
import { optimizeIndex } from './optimize.ts';
import { checkedSettings } from './options.ts';
import { identifier, literal, lockFor } from './schema.ts';
import { openSession } from './session.ts';
import { connectTo, removeGenerations } from './stage.ts';

/** Share of the passages from which, when so many were removed, indexes are made again: what they leave in an index is filled again, and not given back. */
const MOST_REMOVED = 0.5;

/** Gives back what replaced and deleted documents take: merges postings, vacuums, makes swollen and broken indexes again, and drops what rebuilds kept. */
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
    const removed = await database.transaction({ what: 'compact', first: [lockFor(schema, 'make')], signal }, (ask) =>
      removeGenerations(ask, schema, "state = 'kept' OR (state = 'staged' AND lease_until < clock_timestamp())"),
    );
    await mergePostings(session, { isWhole: true, signal });
    const state = await session.read(async (_, now) => now);
    const { generations: _, ...own } = state.tables;
    const isSwollen = state.removed > MOST_REMOVED * state.passages;
    const broken = await session.alone(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = ${literal(identifier(schema))}::regnamespace AND NOT i.indisvalid`,
    );
    const statements = [
      ...broken.map(({ name }) => `DROP INDEX IF EXISTS ${name}`),
      ...(isSwollen ? Object.values(own).map((table) => `REINDEX TABLE CONCURRENTLY ${table}`) : []),
      ...Object.values(state.tables).map((table) => `VACUUM (ANALYZE) ${table}`),
    ];
    for (const [done, statement] of statements.entries()) {
      throwIfStopped(signal);
      onProgress?.({ done, total: statements.length, unit: 'step' });
      await session.alone(statement);
    }
    if (isSwollen)
      await session.write(async (ask, { tables, generation }) => {
        await ask(`UPDATE ${tables.generations} SET removed = greatest(0, removed - $2) WHERE generation = $1`, [
          generation,
          state.removed,
        ]);
      });
    await optimizeIndex(session, checkedSettings(settings));
    return { before, after: await sizeNow(), removed: removed.map((at) => `${schema}?generation=${at}`) };
  } finally {
    await session.close();
  }
}
