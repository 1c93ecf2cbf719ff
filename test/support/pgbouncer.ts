import { spawn } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import type { PostgresServer } from './postgres.ts';
import { asUser, postgresPassword } from './postgres-files.ts';

export interface PgBouncer {
  /** Where the databases of the server are, through it. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** PgBouncer in transaction mode before a server, with two connections to it. Where it is not installed, that. */
export async function startPgBouncer({ port, connectionString }: PostgresServer): Promise<PgBouncer | string> {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-pgbouncer-'));
  const own = await freePort();
  const [settings, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')];
  await writeFile(users, `"postgres" "${postgresPassword.replaceAll('"', '""')}"\n`);
  await writeFile(
    settings,
    `[databases]\n* = host=127.0.0.1 port=${port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${own}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = ${users}\npool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 100\n`,
  );
  if (asUser !== undefined) for (const path of [folder, settings, users]) await chown(path, asUser.uid, asUser.gid);
  const child = spawn('pgbouncer', [settings], { ...asUser, stdio: 'ignore' });
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(`PgBouncer is not installed here (${message})`));
    child.on('exit', (status) => resolve(`PgBouncer ended with status ${status}`));
  });
  const through = connectionString.replace(`:${port}`, `:${own}`);
  const answers = async (): Promise<undefined> => {
    for (;;) {
      const client = new pg.Client({ connectionString: through });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query('SELECT 1');
        return;
      } catch {
        if (child.exitCode !== null || child.pid === undefined) await ended;
        await delay(50);
      } finally {
        await client.end().catch(() => {});
      }
    }
  };
  const failure = await Promise.race([ended, answers(), delay(20_000, 'PgBouncer does not answer')]);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) {
      child.kill('SIGINT');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  if (failure === undefined) return { connectionString: through, stop };
  await stop();
  return failure;
}
