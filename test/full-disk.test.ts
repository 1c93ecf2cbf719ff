/** The disk of a database gets full in the middle of a load: it is said, nothing that was acknowledged is lost, and with room the load goes on. */
import { afterAll, describe, expect, it } from 'vitest';
import { hashesIn } from '../src/store/contract/checks.ts';
import { entryFor, manifestFor } from '../src/store/contract/entries.ts';
import { memoryStore } from '../src/store/memory.ts';
import { postgresStore } from '../src/store/postgres/postgres.ts';
import { qdrantStore } from '../src/store/qdrant/qdrant.ts';
import type { Entry, Store } from '../src/store/store.ts';
import { startPostgres } from './support/postgres.ts';
import { noQdrant, startQdrant } from './support/qdrant.ts';
import { type SmallDisk, smallDisk } from './support/small-disk.ts';

interface OnDisk {
  readonly store: () => Store;
  end(): Promise<void>;
}

async function qdrantOn({ folder }: SmallDisk): Promise<OnDisk | string> {
  if (noQdrant !== undefined) return noQdrant;
  const node = await startQdrant({ parent: folder });
  return { store: () => qdrantStore({ url: node.url, name: 'films' }), end: () => node.stop() };
}

async function postgresOn({ folder }: SmallDisk): Promise<OnDisk | string> {
  const server = await startPostgres({ min_wal_size: '32MB', max_wal_size: '64MB' }, folder);
  if (typeof server === 'string') return server;
  return { store: () => postgresStore({ connectionString: server.connectionString, index: 'films' }), end: () => server.remove() };
}

const databases = [
  ['Qdrant', qdrantOn, 400],
  ['PostgreSQL', postgresOn, 300],
] as const;

describe.each(databases)('%s on a disk that gets full', (_name, start, megabytes) => {
  let [disk, database]: [SmallDisk?, OnDisk?] = [];
  afterAll(async () => {
    await database?.end();
    await disk?.remove();
  });

  it('says so, keeps what it acknowledged, and goes on when there is room', async (context) => {
    const mounted = await smallDisk(megabytes);
    if (typeof mounted === 'string') return context.skip(mounted);
    disk = mounted;
    const started = await start(disk);
    if (typeof started === 'string') return context.skip(started);
    database = started;
    const store = database.store();
    await store.open(manifestFor());
    const kept: Entry[] = [];
    const batchOf = (round: number): readonly Entry[] =>
      Array.from({ length: 40 }, (_, at) => ({
        ...entryFor(`d${round}-${at}`, round * 100 + at, `red w${at % 7}`),
        document: { text: `${round} `.repeat(20_000) },
      }));
    for (let round = 0; round < 3; round++) {
      await store.upsert(batchOf(round));
      kept.push(...batchOf(round));
    }
    await disk.fill();
    let failure: unknown;
    for (let round = 3; round < 200 && failure === undefined; round++)
      await store.upsert(batchOf(round)).then(
        () => kept.push(...batchOf(round)),
        (error: unknown) => (failure = error),
      );
    expect(failure).toMatchObject({ code: 'E_DISK_FULL' });
    await disk.makeRoom();
    await store.upsert(batchOf(300));
    kept.push(...batchOf(300));
    const reference = memoryStore();
    await reference.upsert(kept);
    const [there, expected] = [await hashesIn(store), await hashesIn(reference)];
    // What was refused may be there in part; nothing acknowledged is missing.
    for (const [id, hash] of Object.entries(expected)) expect([id, there[id as never]]).toEqual([id, hash]);
    await store.close();
  });
});
