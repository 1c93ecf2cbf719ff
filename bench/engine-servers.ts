/** Databases of the bench's own, on loopback, as an operator would run them: what is acknowledged is on the disk. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startPostgres } from '../test/support/postgres.ts';
import { noQdrant, startQdrant } from '../test/support/qdrant.ts';

export interface EngineServer {
  readonly name: string;
  /** Of the index that is measured. */
  readonly address: string;
  /** Where the database is, for a client of its own. */
  readonly url: string;
  /** Of its processes, which may come and go. */
  pids(): Promise<readonly number[]>;
  /** Waits until all that was loaded is indexed, where that goes on by itself. */
  indexed?(): Promise<void>;
  stop(): Promise<void>;
}

export async function qdrantServer(): Promise<EngineServer> {
  if (noQdrant !== undefined) throw new Error(noQdrant);
  const node = await startQdrant({ parent: tmpdir() });
  return {
    name: 'Qdrant',
    address: `qdrant://127.0.0.1:${node.port}/films`,
    url: node.url,
    pids: async () => [node.pid],
    indexed: () => isGreen(node.url),
    stop: () => node.stop(),
  };
}

export async function postgresServer(): Promise<EngineServer> {
  const server = await startPostgres({ fsync: 'on', shared_buffers: '512MB' });
  if (typeof server === 'string') throw new Error(server);
  return {
    name: 'PostgreSQL',
    address: server.address('films'),
    url: server.connectionString,
    pids: async () => {
      const { stdout } = await promisify(execFile)('pgrep', [
        '-f',
        `port=${server.port}|postgres: .*127.0.0.1\\(|postgres: (checkpointer|background|walwriter|io worker|autovacuum|parallel)`,
      ]);
      return stdout.trim().split('\n').map(Number);
    },
    stop: () => server.remove(),
  };
}

async function isGreen(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/collections/films`);
    const { result } = (await answer.json()) as { readonly result: { readonly status: string } };
    if (result.status === 'green') return;
    await pause(2000);
  }
}
