import { randomUUID } from 'node:crypto';
import { FinetoothError } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import type { StagedIndex } from '../engine.ts';
import { indexReplaced } from '../index-changes.ts';
import { type Address, readAddress } from './address.ts';
import { type Ask, connectDatabase, type Database } from './database.ts';
import { settingTable } from './options.ts';
import { identifier, literal, lockFor, makeSchema, tablesOf, vectorSchema } from './schema.ts';

/** A stager that says nothing for so long is dead. */
const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

/**
 * Room for a new generation of an index beside that which is searched. Who writes to that one waits while the lease is renewed. What a killed stager left
 * goes first.
 */
export async function stageIndex(address: string, { signal }: CallOptions = {}): Promise<StagedIndex> {
  const read = readAddress(address);
  const { index: schema, shown } = read;
  const database = connectTo(read);
  const by = randomUUID();
  const generations = `${identifier(schema)}.generations`;
  const alive = `lease_until > clock_timestamp()`;
  const lease = `clock_timestamp() + interval '${LEASE_MS} milliseconds'`;
  let staged: { readonly live: number | undefined; readonly generation: number };
  try {
    staged = await database.transaction(
      { what: 'rebuild', first: [lockFor(schema, 'make'), lockFor(`${schema} live`)], signal },
      async (ask) => {
        await vectorSchema(ask, shown);
        await makeSchema(ask, schema, shown);
        const [other] = await ask(`SELECT 1 FROM ${generations} WHERE state <> 'kept' AND ${alive}`);
        if (other !== undefined)
          throw new FinetoothError(
            'E_LOCKED',
            `${shown} is being rebuilt by another process. Run the same command again when that is done.`,
          );
        await removeGenerations(ask, schema, "state = 'staged'");
        const [live] = await ask(
          `UPDATE ${generations} SET lease_until = ${lease}, lease_by = $1 WHERE state = 'live' RETURNING generation`,
          [by],
        );
        const [made] = await ask(
          `INSERT INTO ${generations} (generation, state, lease_until, lease_by) SELECT coalesce(max(generation), 0) + 1, 'staged', ${lease}, $1 FROM ${generations} RETURNING generation`,
          [by],
        );
        return { live: live === undefined ? undefined : Number(live.generation), generation: Number(made?.generation) };
      },
    );
  } catch (error) {
    await database.close();
    throw error;
  }
  const renewing = setInterval(() => {
    database.alone(`UPDATE ${generations} SET lease_until = ${lease} WHERE lease_by = ${literal(by)}`).catch(() => {});
  }, RENEW_MS);
  renewing.unref();
  let isClosed = false;
  const url = new URL(address);
  url.searchParams.set(settingTable.generation.option, String(staged.generation));
  return {
    address: url.href,
    swap: () =>
      database.transaction(
        { what: 'replace', first: [lockFor(schema, 'make'), lockFor(`${schema} live`)], settle: () => {} },
        async (ask) => {
          const rows = await ask(`SELECT generation, state, lease_by FROM ${generations} WHERE state = 'live' OR generation = $1`, [
            staged.generation,
          ]);
          const own = rows.find(({ generation }) => Number(generation) === staged.generation);
          // The commit of a try before, of which no one could tell.
          if (own?.state === 'live') return;
          const live = rows.find(({ state }) => state === 'live');
          const liveNow = live === undefined ? undefined : Number(live.generation);
          if (own === undefined || liveNow !== staged.live || (live !== undefined && live.lease_by !== by)) throw indexReplaced(shown);
          await ask(`UPDATE ${generations} SET state = 'kept', lease_until = NULL, lease_by = NULL WHERE state = 'live'`);
          await ask(`UPDATE ${generations} SET state = 'live', lease_until = NULL, lease_by = NULL WHERE generation = $1`, [
            staged.generation,
          ]);
        },
      ),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      clearInterval(renewing);
      try {
        await database.transaction({ what: 'rebuild', first: [lockFor(schema, 'make')] }, async (ask) => {
          await removeGenerations(ask, schema, `state = 'staged' AND lease_by = ${literal(by)}`);
          await ask(`UPDATE ${generations} SET lease_until = NULL, lease_by = NULL WHERE lease_by = $1`, [by]);
        });
      } finally {
        await database.close();
      }
    },
  };
}

/** Removes generations for good and returns their numbers. For who holds the lock of those who make indexes. */
export async function removeGenerations(ask: Ask, schema: string, where: string): Promise<readonly number[]> {
  const removed = await ask(`DELETE FROM ${identifier(schema)}.generations WHERE ${where} RETURNING generation`);
  const numbers = removed.map(({ generation }) => Number(generation));
  for (const at of numbers) {
    const { generations: _, ...own } = tablesOf(schema, at);
    await ask(`DROP TABLE IF EXISTS ${Object.values(own).join(', ')}`);
  }
  return numbers;
}

export const connectTo = ({ connectionString, shown }: Address): Database => connectDatabase({ connectionString, connections: 2, shown });
