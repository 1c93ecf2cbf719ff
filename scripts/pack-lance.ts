/**
 * LanceDB without what is never loaded: two libraries for embeddings elsewhere (360 MB), the source maps and other builds of Apache Arrow (7 MB with what
 * that asks for), and on Linux the names of functions for debuggers (20 MB of the native part).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, writeLicences } from './pack-bundles.ts';
import { copyInto, installed, type Manifest, pack, readManifest, root, writeManifest, writeReadme } from './pack-folder.ts';
import { stripSymbols } from './strip-symbols.ts';
import { mustRun, type Tarball } from './trial-install.ts';

const lance = '@lancedb/lancedb';
/** Libraries for embeddings elsewhere. */
const neverCalled = ['@huggingface/transformers', 'openai'];

/** Native parts that are published without symbols: those of Linux, whose files are not signed. */
const strippedParts = (): readonly string[] =>
  Object.keys(readManifest(installed(lance)).optionalDependencies).filter((name) => name.startsWith(`${lance}-linux-`));
/** `@finetooth/lancedb-linux-x64-gnu` of `@lancedb/lancedb-linux-x64-gnu`. */
const ownName = (name: string): string => name.replace('@lancedb/', '@finetooth/');

/** LanceDB's JavaScript with Arrow in one file, and its native parts by platform. */
export const packLance = async (staging: string, into: string): Promise<Tarball> => {
  const from = installed(lance);
  const { version, license, dependencies, optionalDependencies } = readManifest(from);
  const folder = join(staging, 'lancedb', 'package');
  for (const part of readdirSync(from).filter((one) => one === 'dist' || /LICENSE/.test(one))) copyInto(from, folder, part);
  for (const file of readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })) {
    // No one but finetooth imports it.
    if (file.endsWith('.d.ts')) rmSync(join(folder, 'dist', file));
    if (file.endsWith('.js')) redirect(join(folder, 'dist'), file);
  }
  const arrow = join(installed('apache-arrow'), 'Arrow.node.mjs');
  const parts = await bundle({ entryPoints: [{ in: arrow, out: 'apache-arrow' }], outdir: join(folder, 'dist'), format: 'cjs' });
  // It names the licence of this project, and has no file of it.
  writeLicences(folder, [{ ...readManifest(from), folder: root }, ...parts]);
  writeReadme(
    folder,
    '@finetooth/lancedb',
    `LanceDB ${version} for Node as finetooth loads it: without the libraries for embeddings elsewhere among its dependencies, and with ${parts.map((part) => `${part.name} ${part.version}`).join(', ')} in one file.`,
  );
  const natives = Object.entries(optionalDependencies).filter(([name]) => !neverCalled.includes(name));
  const stripped = strippedParts();
  writeManifest(folder, {
    name: '@finetooth/lancedb',
    version,
    description: 'LanceDB for Node without libraries for embeddings elsewhere.',
    license,
    type: 'commonjs',
    exports: { '.': './dist/index.js', './apache-arrow': './dist/apache-arrow.js', './package.json': './package.json' },
    dependencies,
    optionalDependencies: Object.fromEntries(natives.map(([name, range]) => [stripped.includes(name) ? ownName(name) : name, range])),
  });
  return pack(folder, into);
};

/** Asks for the packages of this project where there are some, and for the Arrow that lies beside. */
const redirect = (dist: string, file: string): void => {
  const text = readFileSync(join(dist, file), 'utf8');
  const arrow = `${'../'.repeat(file.split(/[\\/]/).length - 1) || './'}apache-arrow.js`;
  const natives = strippedParts().map((name) => name.slice('@lancedb/'.length));
  const changed = text
    .replaceAll('require("apache-arrow")', `require("${arrow}")`)
    .replace(/'@lancedb\/([\w-]+)/g, (whole, name: string) => (natives.includes(name) ? `'@finetooth/${name}` : whole));
  if (changed !== text) writeFileSync(join(dist, file), changed);
};

/** LanceDB's native parts for Linux without symbols: that of this machine, or all, which the registry has. */
export const packLanceNatives = async (staging: string, into: string, everywhere: boolean): Promise<readonly Tarball[]> => {
  const wanted = strippedParts().filter((name) => everywhere || existsSync(installed(name)));
  const tarballs: Tarball[] = [];
  for (const name of wanted)
    tarballs.push(await packStripped(existsSync(installed(name)) ? installed(name) : await fetched(name, staging), staging, into));
  return tarballs;
};

const packStripped = async (from: string, staging: string, into: string): Promise<Tarball> => {
  const { name: original, main, os, cpu, libc, license, version } = readManifest(from) as Manifest & NativeManifest;
  const name = ownName(original);
  const folder = join(staging, name, 'package');
  const library = readFileSync(join(from, main));
  const sha256 = createHash('sha256').update(library).digest('hex');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, main), stripSymbols(library));
  // Tools read what `main` names as a text.
  writeFileSync(join(folder, 'index.js'), `module.exports = require('./${main}');\n`);
  copyInto(root, folder, 'LICENSE');
  writeReadme(
    folder,
    name,
    `The native part of ${original} ${version} without its table of symbols for debuggers: every byte that is loaded is that of the original, whose ${main} has the SHA-256 ${sha256}.`,
  );
  writeManifest(folder, {
    name,
    version,
    description: `${original} without its table of symbols for debuggers.`,
    license,
    main: 'index.js',
    type: 'commonjs',
    os,
    cpu,
    libc,
    original: { name: original, version, file: main, sha256 },
  });
  return pack(folder, into);
};

interface NativeManifest {
  readonly main: string;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

/** The folder of a package of another platform, of the version and the checksum that the lock file names. */
const fetched = async (name: string, staging: string): Promise<string> => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
  };
  const { version, integrity } = packages[`node_modules/${name}`] as { version: string; integrity: string };
  const folder = join(staging, 'fetched', name);
  mkdirSync(folder, { recursive: true });
  const { stdout } = await mustRun('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', folder], { cwd: folder });
  const [{ filename }] = Object.values(JSON.parse(stdout) as readonly { readonly filename: string }[]) as [{ filename: string }];
  const found = `sha512-${createHash('sha512')
    .update(readFileSync(join(folder, filename)))
    .digest('base64')}`;
  if (found !== integrity) throw new Error(`${name}@${version} is ${found}, and package-lock.json names ${integrity}`);
  await mustRun('tar', ['-xzf', filename], { cwd: folder });
  return join(folder, 'package');
};
