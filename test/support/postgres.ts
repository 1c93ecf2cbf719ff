import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { asUser, postgresFiles, postgresPassword } from './postgres-files.ts';

export interface PostgresServer {
  readonly port: number;
  /** An address of an index in a database of the server. */
  address(index: string, options?: string): string;
  /** Where its databases are: for a `pg.Pool`. */
  readonly connectionString: string;
  /** Ends it as the kernel would (SIGKILL, also of its children), or in order. */
  stop(signal?: 'SIGKILL' | 'SIGINT'): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Settings of the server beside its own. A kill loses nothing without fsync, only a loss of power would. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  shared_buffers: '64MB',
  max_connections: '50',
  log_min_messages: 'fatal',
};

/** A server of its own on loopback, in a folder of `parent`. Where none can be had, why. */
export async function startPostgres(more: Readonly<Record<string, string>> = {}, parent = tmpdir()): Promise<PostgresServer | string> {
  const files = await postgresFiles();
  if (typeof files === 'string') return files;
  const folder = await mkdtemp(join(parent, 'finetooth-postgres-'));
  const data = join(folder, 'data');
  await promisify(execFile)('cp', ['-a', files.data, data]);
  if (asUser !== undefined) await chown(folder, asUser.uid, asUser.gid);
  await chmod(data, 0o700);
  const port = await freePort();
  const connectionString = `postgres://postgres:${encodeURIComponent(postgresPassword)}@127.0.0.1:${port}/postgres`;
  const words = Object.entries({ ...settings, ...more, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ChildProcess | undefined;
  let said = '';
  const start = async (): Promise<void> => {
    said = '';
    server = spawn(join(files.bin, 'postgres'), ['-D', data, ...words], { ...asUser, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-2000)));
    for (let tries = 0; !(await answers(connectionString)); tries++) {
      if (server.exitCode !== null || tries >= 600) throw new Error(`PostgreSQL does not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const stop = async (signal: 'SIGKILL' | 'SIGINT' = 'SIGINT'): Promise<void> => {
    const stopped = server;
    if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
    const ended = new Promise((resolve) => stopped.once('exit', resolve));
    stopped.kill(signal);
    await ended;
  };
  try {
    await start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return `no PostgreSQL for tests here: ${(error as Error).message}`;
  }
  return {
    port,
    connectionString,
    address: (index, options = '') => `${connectionString}/${encodeURIComponent(index)}${options}`,
    stop,
    start,
    remove: async () => {
      await stop('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A pool that does not mind that its server goes: ending it does not wait for its connections to close. */
export function poolOf(connectionString: string, max?: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => {});
  return pool;
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
