import { FinetoothError, messageOf, throwIfStopped } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import type { EngineFinding } from '../engine.ts';
import { NEAREST, recallFinding, recallOf } from '../recall.ts';
import { readAddress } from './address.ts';
import { vectorIn } from './binary-array.ts';
import type { Ask, Database } from './database.ts';
import { indexedAs } from './hnsw.ts';
import { checkedSettings, type Settings } from './options.ts';
import { isVectorRecent, leastVector } from './schema.ts';
import { openSession, type Session, type State } from './session.ts';
import { connectTo } from './stage.ts';
import { searchVector } from './vectors.ts';

/** Stored vectors that are asked for: the recall of them is within a few hundredths of that of all. */
const SAMPLE = 20;
/** Share of dead rows from which a vacuum is overdue. */
const MOST_DEAD = 0.2;

/** Whether the database can be reached, what it is, and in what state the index is. Does not throw for what it finds, but for an address that it cannot read. */
export async function checkDatabase(address: string, { signal }: CallOptions = {}): Promise<readonly EngineFinding[]> {
  const read = readAddress(address);
  const settings = checkedSettings(read.settings);
  const database = connectTo(read);
  const session = openSession(database, read.index, read.shown, settings.generation);
  const findings: EngineFinding[] = [];
  try {
    findings.push(...(await checkServer(database)));
    throwIfStopped(signal);
    if (findings.some(({ state }) => state === 'broken')) return findings;
    if ((await session.open()) === undefined)
      return [
        ...findings,
        {
          name: 'index',
          state: 'warning',
          found: `there is no index at ${read.shown}`,
          advice: (say) => `Make one with ${say.makeIndex(read.shown)}.`,
        },
      ];
    findings.push(...(await session.read((ask, state) => checkIndex(ask, state, settings), { signal })));
    findings.push(...(await checkRecall(session, settings, signal)));
  } catch (error) {
    throwIfStopped(signal);
    const name = findings.length === 0 ? 'server' : 'index';
    findings.push({
      name,
      state: 'broken',
      found: messageOf(error),
      advice: error instanceof FinetoothError ? undefined : 'the log of the server may say more',
    });
  } finally {
    await session.close();
  }
  return findings;
}

async function checkServer(database: Database): Promise<readonly EngineFinding[]> {
  const [server] = await database.alone(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit, (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS vector,
      (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS offered`,
  );
  const { version, number, fsync, commit, vector, offered } = server as { readonly [Name: string]: string | number | null };
  const extension = vector ?? offered;
  const isRecent = extension !== null && isVectorRecent(String(extension));
  const isDurable = fsync === 'on' && commit !== 'off';
  return [
    Number(number) >= 130_000
      ? { name: 'server', state: 'ok', found: `PostgreSQL ${version}` }
      : { name: 'server', state: 'broken', found: `PostgreSQL ${version}`, advice: 'Take version 13 or later.' },
    isRecent
      ? { name: 'pgvector', state: 'ok', found: `${extension}${vector === null ? ', not yet created in this database' : ''}` }
      : {
          name: 'pgvector',
          state: 'broken',
          found: extension === null ? 'is not installed on the server' : `${extension}, which can damage indexes`,
          advice: `Install ${leastVector} or later there, then "ALTER EXTENSION vector UPDATE".`,
        },
    isDurable
      ? { name: 'durability', state: 'ok', found: 'what is acknowledged is on the disk of the server' }
      : {
          name: 'durability',
          state: 'warning',
          found: `fsync is ${fsync} and synchronous_commit ${commit}: what was acknowledged may be lost with the power`,
          advice: 'Set both to "on" where documents cannot be indexed again.',
        },
  ];
}

async function checkIndex(ask: Ask, state: State, settings: Settings): Promise<readonly EngineFinding[]> {
  const { tables, documents, passages, manifest, generation } = state;
  const [sizes] = await ask(
    `SELECT pg_table_size($1::regclass)::float8 AS vectors, coalesce((SELECT sum(pg_relation_size(i.indexrelid)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
        WHERE i.indrelid = $1::regclass AND a.amname = 'hnsw'), 0)::float8 AS hnsw,
      pg_size_bytes(current_setting('shared_buffers'))::float8 AS buffers, coalesce((SELECT n_dead_tup::float8 FROM pg_stat_user_tables WHERE relid = $1::regclass), 0) AS dead,
      (SELECT count(*) FROM pg_index WHERE indrelid = $1::regclass AND NOT indisvalid)::int AS broken, (SELECT count(*) FROM ${tables.gone})::float8 AS gone`,
    [tables.passages],
  );
  const of = (name: string): number => Number(sizes?.[name]);
  const indexed = await indexedAs(ask, state);
  const compact = 'Compact the index.';
  const isLarge = passages >= settings.exactBelow;
  return [
    {
      name: 'index',
      state: 'ok',
      found: `${documents} documents, ${passages} passages, vectors of ${manifest.dimensions} numbers, generation ${generation}`,
    },
    indexed !== undefined
      ? { name: 'hnsw', state: 'ok', found: `whole, ${megabytes(of('hnsw'))}${indexed === 'half' ? ', in half precision' : ''}` }
      : !isLarge
        ? { name: 'hnsw', state: 'ok', found: `none: up to ${settings.exactBelow} passages every vector is compared` }
        : manifest.dimensions > 4000
          ? {
              name: 'hnsw',
              state: 'warning',
              found: 'none: pgvector indexes vectors of up to 4,000 numbers',
              advice: 'Take an embedder with fewer numbers.',
            }
          : { name: 'hnsw', state: 'warning', found: 'none, so that every vector is compared', advice: compact },
    of('hnsw') > of('buffers')
      ? {
          name: 'memory',
          state: 'warning',
          found: `the HNSW index has ${megabytes(of('hnsw'))} and shared_buffers ${megabytes(of('buffers'))}: searches may wait for the disk`,
          advice: 'Raise shared_buffers of the server, or see to it that the system caches the index.',
        }
      : { name: 'memory', state: 'ok', found: `shared_buffers ${megabytes(of('buffers'))}` },
    of('broken') > 0
      ? { name: 'indexes', state: 'broken', found: `${of('broken')} were not built to their end`, advice: compact }
      : { name: 'indexes', state: 'ok', found: 'all whole' },
    of('dead') + of('gone') > MOST_DEAD * Math.max(1000, passages)
      ? {
          name: 'bloat',
          state: 'warning',
          found: `${Math.max(of('dead'), of('gone'))} passages of replaced and deleted documents are still there`,
          advice: compact,
        }
      : {
          name: 'bloat',
          state: 'ok',
          found: `${Math.max(of('dead'), of('gone'))} passages of replaced and deleted documents are still there`,
        },
  ];
}

/** How many of the nearest a search finds, on vectors of the index itself. */
async function checkRecall(session: Session, settings: Settings, signal: AbortSignal | undefined): Promise<readonly EngineFinding[]> {
  return session.read(
    async (ask, state) => {
      if ((await indexedAs(ask, state)) === undefined) return [];
      const { tables, passages } = state;
      const share = Math.min(100, (100 * 50 * SAMPLE) / Math.max(1, passages));
      const sample = await ask(
        `SELECT vector_send(vector) AS vector FROM ${tables.passages} TABLESAMPLE SYSTEM (${share}) REPEATABLE (7) LIMIT ${SAMPLE}`,
      );
      const everything = { where: undefined, values: [] };
      const measured = await recallOf(sample, (row, isExact) =>
        searchVector(ask, state, everything, {
          vector: vectorIn(row.vector as Buffer),
          limit: NEAREST,
          ef: settings.ef,
          exactBelow: settings.exactBelow,
          isExact,
        }),
      );
      const advice = `Raise "ef" in the address, which is ${settings.ef}, or build the index with a higher "m".`;
      return measured === undefined ? [] : [recallFinding(measured, `, ef ${settings.ef}`, advice)];
    },
    { signal },
  );
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 100 * 2 ** 20 ? 1 : 0)} MB`;
