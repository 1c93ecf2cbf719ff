import { FinetoothError } from '../../errors.ts';
import { peer } from '../../fetch/peer.ts';

/** A `Pool` of `pg`, or what can do the same. Without `connect` it is a single connection. */
export interface PostgresPool {
  query(text: string, values?: unknown[]): Promise<unknown>;
  connect?(): Promise<unknown>;
}

export interface Connection {
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
  /** Gives it back; a broken one is closed. */
  release(isBroken: boolean): void;
}

/** Where a transaction runs: a server process, and since when, by which it is told from the next one there. */
export interface RunsAt {
  readonly pid: number;
  readonly since: string;
}

export interface Pool {
  /** `isStream`: for as long as someone takes what is read. */
  acquire(isStream?: boolean): Promise<Connection>;
  /** Ends what runs there, if it still does. */
  cancel(where: RunsAt): void;
  close(): Promise<void>;
}

/** A server that does not take a connection within this is not there. */
const CONNECT_MS = 30_000;
/** A connection on which nothing comes for this long is asked by the system whether the other end is still there; two hours is Linux's own default. */
const KEEP_ALIVE_MS = 10_000;

interface Client {
  query(text: string, values?: unknown[]): Promise<unknown>;
  release?(isBroken?: boolean): void;
  on?(event: 'error', listener: () => void): void;
  off?(event: 'error', listener: () => void): void;
}

/** Connections of a pool that was passed in, or of one of its own by the package `pg`. */
export function connectPool({
  pool: given,
  connectionString,
  connections,
}: {
  readonly pool?: PostgresPool;
  readonly connectionString?: string;
  readonly connections: number;
}): Pool {
  let own: Promise<PostgresPool & { end(): Promise<void> }> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let isStreaming = false;
  /** What gives back each connection that is in use, and whether it is for as long as someone takes what is read. */
  const lent = new Map<(isBroken: boolean) => void, boolean>();
  const pool = (): PostgresPool | Promise<PostgresPool> => given ?? (own ??= makePool(connectionString as string, connections));

  const acquire = async (isStream = false): Promise<Connection> => {
    const from = await pool();
    const client = await clientOf(from);
    if (client !== undefined) {
      // The connection of who was given one belongs to no one else: what befalls it comes with what was asked.
      const ignore = (): void => {};
      client.on?.('error', ignore);
      const release = (isBroken: boolean): void => {
        if (!lent.delete(release)) return;
        if (!isBroken) client.off?.('error', ignore);
        client.release?.(isBroken);
      };
      lent.set(release, isStream);
      return { query: (text, values) => client.query(text, values as unknown[] | undefined), release };
    }
    // A single connection holds one transaction, and who waits for the end of a stream within it waits for ever.
    if (isStreaming)
      throw new FinetoothError(
        'E_USAGE',
        'the store has a single connection, and all entries are being read over it: read them to their end first, or pass a Pool.',
      );
    const before = turn;
    let end: () => void = () => {};
    turn = new Promise<void>((resolve) => {
      end = resolve;
    });
    await before;
    isStreaming = isStream;
    const release = (): void => {
      isStreaming = false;
      end();
    };
    return { query: (text, values) => from.query(text, values as unknown[] | undefined), release };
  };

  return {
    acquire,
    cancel: ({ pid, since }) => {
      // Behind a pooler the process may serve someone else by now.
      const text = 'SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND xact_start = $2::timestamptz';
      void (async () => (await pool()).query(text, [pid, since]))().catch(() => {});
    },
    close: async () => {
      const closing = own;
      own = undefined;
      // Who reads a stream may never come back for more.
      for (const [release, isStream] of [...lent]) if (isStream) release(true);
      await (await closing)?.end();
    },
  };
}

/** undefined: it is a connection itself. */
async function clientOf(pool: PostgresPool): Promise<Client | undefined> {
  if (pool.connect === undefined || (pool as { readonly release?: unknown }).release !== undefined) return undefined;
  try {
    const client = await pool.connect();
    return client !== pool && typeof (client as Client | undefined)?.query === 'function' ? (client as Client) : undefined;
  } catch (error) {
    // What a `Client` of `pg` says that is connected.
    if (/already been connected/.test(String(error))) return undefined;
    throw error;
  }
}

async function makePool(connectionString: string, max: number) {
  const { Pool } = await peer('pg', async () => (await import('pg')).default, 'an index in PostgreSQL cannot be opened');
  const pool = new Pool({
    connectionString,
    max,
    fallback_application_name: 'finetooth',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    allowExitOnIdle: true,
  });
  // Of connections that no one uses.
  pool.on('error', () => {});
  return pool as unknown as PostgresPool & { end(): Promise<void> };
}
