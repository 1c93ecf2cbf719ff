import { FinetoothError } from '../../errors.ts';
import { checkUsable, indexGone, indexReplaced } from '../index-changes.ts';
import { indexFormat, isSameIndex, type Manifest } from '../store.ts';
import type { Ask, Database, Row } from './database.ts';
import { failureOf, isAbsent } from './failures.ts';
import { handOver } from './hand-over.ts';
import { checkLayout, identifier, lockFor, makeSchema, makeTables, type Tables, tablesOf, vectorSchema } from './schema.ts';

/** Who writes waits so long for who writes, builds an index or rebuilds. */
const LONGEST_WAIT_MS = 300_000;
/** How often a search begins again where its tables were removed. */
const TRIES = 5;
/** How often it is looked whether a rebuild has ended. */
const LOOK_MS = 500;
/** A process that has gone, or stands still, between two statements of a write lets others in after this. */
const LONGEST_IDLE_MS = 60_000;

/** What an index is at one moment, of which everything in a transaction is. */
export interface State {
  readonly schema: string;
  readonly generation: number;
  readonly manifest: Manifest;
  readonly tables: Tables;
  readonly documents: number;
  readonly passages: number;
  /** Words of all passages. */
  readonly words: number;
  /** Documents with text in filterable fields that PostgreSQL cannot hold as it is. */
  readonly odd: number;
  readonly nextRow: number;
  readonly nextWrite: number;
  /** What the next write was when small pieces of postings were merged. */
  readonly mergedWrite: number;
  /** Passages that were removed since indexes were made again. */
  readonly removed: number;
  readonly changedAt: string | undefined;
}

export interface Session {
  /** As `Store.open`. */
  open(wanted?: Manifest): Promise<Manifest | undefined>;
  /** Whether it was opened before it was made, and still is not. */
  isUnmade(): Promise<boolean>;
  /** `settings` hold for this transaction alone. */
  read<T>(
    work: (ask: Ask, state: State) => Promise<T>,
    options?: { readonly signal?: AbortSignal; readonly settings?: readonly string[]; readonly isStream?: boolean },
  ): Promise<T>;
  /** One snapshot, bit by bit; it holds a connection until its end. */
  stream<Item>(work: (ask: Ask, state: State) => AsyncIterable<Item>): AsyncGenerator<Item>;
  /** For one writer at a time. */
  write<T>(work: (ask: Ask, state: State) => Promise<T>, options?: WriteOptions<T>): Promise<T>;
  alone: Database['alone'];
  close(): Promise<void>;
}

export interface WriteOptions<T> {
  readonly what?: string;
  readonly settings?: readonly string[];
  readonly settle?: (again: T, inDoubt: T) => T;
}

/** An index in a schema of a database, as it is opened, made, replaced by others and written to. */
export function openSession(database: Database, schema: string, shown: string, generation?: number): Session {
  let extension: string | undefined;
  let known: { readonly generation: number; readonly version: number; readonly manifest: Manifest } | undefined;
  let wasUnmade = false;
  const own = identifier(schema);
  const which = generation === undefined ? "state = 'live'" : `generation = ${generation}`;
  const begin = (): readonly string[] => [`SET LOCAL search_path = ${identifier(extension ?? 'public')}`];
  const looked = `SELECT generation, version, manifest IS NOT NULL AS is_made, documents::float8, passages::float8, words::float8, odd::float8, next_row::float8, next_write::float8, merged_write::float8, removed::float8,
    to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS changed_at, coalesce(lease_until > clock_timestamp(), false) AS is_leased, lease_by IS NOT NULL AS has_lease,
    (SELECT layout FROM ${own}.finetooth) AS layout FROM ${own}.generations WHERE ${which}`;

  const manifestOf = async (ask: Ask, row: Row): Promise<Manifest> => {
    const [at, version] = [Number(row.generation), Number(row.version)];
    if (known?.generation === at && known.version === version) return known.manifest;
    const [found] = await ask(`SELECT manifest FROM ${own}.generations WHERE generation = ${at}`);
    const manifest = readManifest(String(found?.manifest), shown);
    if (known !== undefined && !isSameIndex(known.manifest, manifest)) checkUsable(known.manifest, manifest, shown);
    known = { generation: at, version, manifest };
    return manifest;
  };
  const stateOf = async (ask: Ask, [row]: readonly Row[]): Promise<State> => {
    if (row === undefined || row.is_made !== true) throw indexGone(shown);
    checkLayout(row.layout, shown);
    return {
      schema,
      generation: Number(row.generation),
      manifest: await manifestOf(ask, row),
      tables: tablesOf(schema, Number(row.generation)),
      documents: Number(row.documents),
      passages: Number(row.passages),
      words: Number(row.words),
      odd: Number(row.odd),
      nextRow: Number(row.next_row),
      nextWrite: Number(row.next_write),
      mergedWrite: Number(row.merged_write),
      removed: Number(row.removed),
      changedAt: (row.changed_at as string | null) ?? undefined,
    };
  };
  /** What was there and is no more was deleted; what an open index lacks is told as that. */
  const gone = (error: unknown): never => {
    throw isAbsent(error) ? indexGone(shown) : error;
  };
  const checkOpen = (): void => {
    if (known === undefined) throw new FinetoothError('E_BUG', `the store ${shown} was used before it was opened or after it was closed`);
  };
  const find = async (): Promise<Manifest | undefined> => {
    try {
      return await database.transaction({ what: 'open', isReading: true, first: [looked] }, async (ask, rows) => {
        if (rows[0] === undefined || rows[0].is_made !== true) return undefined;
        extension ??= await vectorSchema(ask, shown);
        return (await stateOf(ask, rows)).manifest;
      });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  const make = (wanted: Manifest): Promise<void> =>
    database.transaction({ what: 'make', first: [lockFor(schema, 'make')] }, async (ask) => {
      extension = await vectorSchema(ask, shown);
      await makeSchema(ask, schema, shown);
      const [there] = await ask(looked);
      if (there?.is_made === true) return;
      if (generation !== undefined && there === undefined) throw indexGone(shown);
      for (const statement of begin()) await ask(statement);
      const at = generation ?? Number((await ask(`SELECT coalesce(max(generation), 0) + 1 AS next FROM ${own}.generations`))[0]?.next);
      await makeTables(ask, tablesOf(schema, at), wanted, shown);
      const text = JSON.stringify(wanted);
      if (there === undefined)
        await ask(`INSERT INTO ${own}.generations (generation, state, manifest) VALUES ($1, 'live', $2)`, [at, text]);
      else await ask(`UPDATE ${own}.generations SET manifest = $2 WHERE generation = $1`, [at, text]);
    });

  const read: Session['read'] = async (work, { signal, settings = [], isStream } = {}) => {
    checkOpen();
    const first = [...begin(), ...settings, looked];
    for (let tries = 1; ; tries++)
      try {
        return await database.transaction({ what: 'read', isReading: true, isStream, first, signal }, async (ask, rows) =>
          work(ask, await stateOf(ask, rows)),
        );
      } catch (error) {
        // The generation that was searched a moment ago may have been replaced, and removed, before its tables were.
        if (!isAbsent(error)) throw error;
        if (tries === TRIES || (await find()) === undefined) throw indexGone(shown);
      }
  };

  return {
    open: async (wanted) => {
      const isOpen = known !== undefined;
      let found = await find();
      if (found === undefined && isOpen) throw indexGone(shown);
      if (found === undefined && wanted !== undefined) {
        await make(wanted);
        found = await find();
        if (found === undefined) throw indexReplaced(shown);
      }
      wasUnmade = found === undefined;
      return found;
    },
    isUnmade: async () => {
      if (!wasUnmade) return false;
      if ((await find()) === undefined) return true;
      throw indexReplaced(shown);
    },
    read,
    stream: (work) =>
      handOver((put) => {
        let hasGiven = false;
        // Who reads may take as long as it likes.
        const settings = ['SET LOCAL idle_in_transaction_session_timeout = 0', 'SET LOCAL statement_timeout = 0'];
        return read(
          async (ask, state) => {
            try {
              for await (const item of work(ask, state)) {
                hasGiven = true;
                await put(item);
              }
            } catch (error) {
              // What was handed out is not handed out again.
              throw hasGiven ? failureOf(error, { what: 'read', shown }) : error;
            }
          },
          { settings, isStream: true },
        );
      }),
    write: async (work, { what = 'write to', settings = [], settle } = {}) => {
      checkOpen();
      const first = [
        ...begin(),
        `SET LOCAL lock_timeout = ${LONGEST_WAIT_MS}`,
        `SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_IDLE_MS}`,
        ...settings,
        lockFor(`${schema} ${generation ?? 'live'}`),
        looked,
      ];
      const since = performance.now();
      for (;;) {
        const done = await database
          .transaction<{ readonly result: never } | undefined>(
            {
              what,
              first,
              settle: settle && ((again, before) => again && before && { result: settle(again.result, before.result) as never }),
            },
            async (ask, rows) => {
              // A rebuild of it goes on: what were written now would be gone with the old one.
              if (generation === undefined && rows[0]?.is_leased === true) return undefined;
              // Whoever let it lapse and comes to itself again must not put an index in place that lacks what is written now.
              if (generation === undefined && rows[0]?.has_lease === true)
                await ask(`UPDATE ${own}.generations SET lease_until = NULL, lease_by = NULL WHERE ${which}`);
              return { result: (await work(ask, await stateOf(ask, rows))) as never };
            },
          )
          .catch(gone);
        if (done !== undefined) return done.result;
        if (performance.now() - since > LONGEST_WAIT_MS)
          throw new FinetoothError(
            'E_LOCKED',
            `cannot ${what} ${shown}: another process has been rebuilding it for five minutes. Run the same command again when it is done.`,
          );
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    alone: database.alone,
    close: async () => {
      known = undefined;
      wasUnmade = false;
      await database.close();
    },
  };
}

export function readManifest(text: string, shown: string): Manifest {
  const manifest = JSON.parse(text) as Manifest;
  if (!(typeof manifest.format === 'number' && typeof manifest.dimensions === 'number' && typeof manifest.embedder === 'string'))
    throw new FinetoothError('E_INDEX_DAMAGED', `${shown} has a manifest that is none. Build the index again from its source.`);
  if (manifest.format > indexFormat)
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      `${shown} has format ${manifest.format}; this version of finetooth reads formats up to ${indexFormat}, so update it.`,
    );
  return manifest;
}
