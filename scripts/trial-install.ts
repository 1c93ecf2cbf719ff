/** Packs the package and its workspaces, and installs them where a user would. Used by test/package.test.ts and scripts/footprint.ts. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

export interface Finished {
  /** Exit status; -1 when the limit or a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall clock, milliseconds. */
  readonly took: number;
}

/** How npm reaches its registry. All else that an enclosing `npm run` sets is this project's own and would change what is installed. */
const kept = /^npm_config_(registry|cafile|proxy|https_proxy|noproxy|cache|userconfig|globalconfig)$/i;
const dropped = /^(npm_|finetooth_|node_options$|node_env$|node_path$|onnxruntime_node_install|hf_)/i;

/** The environment of a user, with the Node that the project pins first on the path. */
const userEnvironment = (): Record<string, string | undefined> => {
  const entries = Object.entries(process.env).filter(([name]) => kept.test(name) || !dropped.test(name));
  return { ...Object.fromEntries(entries), PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
};

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until it is ended. @default 300,000 */
  readonly limit?: number;
}

/** Runs a command to its end. */
export const run = (command: string, words: readonly string[], { cwd, env = {}, limit = 300_000 }: RunOptions): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, words, {
      cwd,
      env: { ...userEnvironment(), ...env },
      timeout: limit,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? -1, stdout, stderr, took: performance.now() - started }));
  });

/** The same for a command that has to succeed. */
export const mustRun = async (command: string, words: readonly string[], options: RunOptions): Promise<Finished> => {
  const finished = await run(command, words, options);
  if (finished.status === 0) return finished;
  throw new Error(`"${[command, ...words].join(' ')}" ended with ${finished.status}:\n${finished.stdout}${finished.stderr}`);
};

export interface Tarball {
  /** Name of the package. */
  readonly name: string;
  readonly path: string;
}

/** Builds dist, then packs into a folder what is published, for this platform or for all. One at a time: dist is the one that the checkout has. */
export const packAll = async (into: string, { everywhere = false } = {}): Promise<readonly Tarball[]> => {
  const { packPublished } = await import('./pack-published.ts');
  await mustRun('npm', ['run', 'build'], { cwd: root });
  // `prepare` would build a second time.
  const workspaces = ['models', 'runtimes'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)));
  // Those of test/ are not published, and models/build holds scripts.
  const packages = workspaces.filter((folder) => existsSync(join(root, folder, 'package.json'))).map((folder) => `--workspace=${folder}`);
  const words = ['pack', ...packages, '--include-workspace-root', '--ignore-scripts', '--json', '--pack-destination', into];
  const { stdout } = await mustRun('npm', words, { cwd: root });
  const packed = Object.values(JSON.parse(stdout) as readonly { readonly name: string; readonly filename: string }[]);
  const plain = packed.map(({ name, filename }) => ({ name, path: join(into, filename) }));
  const staging = await mkdtemp(join(tmpdir(), 'finetooth-staging-'));
  try {
    return await packPublished(plain, staging, into, everywhere);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

export interface InstallOptions {
  /** More words for `npm install`. */
  readonly flags?: readonly string[];
}

/** A new project in a temporary folder with the tarballs installed as its dependencies. */
export const installInto = async (
  tarballs: readonly Tarball[],
  { flags = [] }: InstallOptions = {},
): Promise<{ readonly folder: string; readonly finished: Finished }> => {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-user-'));
  const manifest = { name: 'user', version: '1.0.0', private: true, type: 'module' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const words = ['install', ...tarballs.map(({ path }) => path), '--no-audit', '--no-fund', ...flags];
  try {
    return { folder, finished: await mustRun('npm', words, { cwd: folder }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

/** Why nothing can be installed here; nothing where it can. */
export const whyUnreachable = async (): Promise<string | undefined> => {
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
  const probe = `commander@${own.dependencies.commander}`;
  const { status, stderr } = await run('npm', ['view', probe, 'version', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'], {
    cwd: tmpdir(),
    limit: 20_000,
  });
  if (status === 0) return undefined;
  return `the npm registry cannot be reached: npm view ${probe} said ${/npm error code (\S+)/.exec(stderr)?.[1] ?? 'nothing for 20 seconds'}`;
};
