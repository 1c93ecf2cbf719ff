/** What an installation weighs, part by part, and how long it takes to the first answer: `npm run footprint`, with `-- --json` as data. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nativePackage } from '../src/model/run/missing-runtime.ts';
import { type InstallOptions, installInto, mustRun, packAll, type Tarball } from './trial-install.ts';

/** Packages of at least so many bytes have a line of their own. */
const OWN_LINE_FROM = 2_000_000;

interface Part {
  readonly name: string;
  readonly bytes: number;
}
interface Footprint {
  readonly variant: string;
  /** Packages of at least 2 MB, the heaviest first; what a package keeps in a node_modules of its own counts with it. */
  readonly parts: readonly Part[];
  readonly others: { readonly packages: number; readonly bytes: number };
  readonly total: { readonly packages: number; readonly bytes: number };
  /** Wall clock, seconds. The install began with an empty npm cache, so it has the network in it. */
  readonly seconds: Readonly<Record<string, number>>;
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const byBytes = (a: Part, b: Part): number => b.bytes - a.bytes;

const packagesIn = (modules: string): Part[] =>
  readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name]))
    .map((name) => ({ name, bytes: sizeOf(join(modules, name)) }))
    .sort(byBytes);

const demo = ['node_modules/finetooth/bin/finetooth.js', 'demo', '--json'];
const search = `import { memoryStore } from 'finetooth/stores';
import { openIndex, search } from 'finetooth';
await using index = await openIndex(memoryStore(), { create: { fields: ['title'] } });
await index.add([{ id: 'a', title: 'A bat guards the city at night' }, { id: 'b', title: 'A quiet lake in summer' }]);
const { results } = await search(index, 'winged animal in town');
if (results[0].id !== 'a') throw new Error(JSON.stringify(results));`;
const rerankScript = `import { rerank } from 'finetooth';
const { results } = await rerank('winged animal in town', ['A quiet lake in summer', 'A bat guards the city at night']);
if (results[0].index !== 1) throw new Error(JSON.stringify(results));`;
const importing = `import { search } from 'finetooth';
import { meanOf } from 'finetooth/eval';
if (typeof search !== 'function' || meanOf(new Map(), new Map()) !== 0) throw new Error('not what it should be');`;

/** What is timed in the project, by name; every one is a process of its own and has to succeed. */
type Timed = Readonly<Record<string, readonly string[]>>;

const measure = async (variant: string, tarballs: readonly Tarball[], options: InstallOptions, timed: Timed): Promise<Footprint> => {
  const cache = await mkdtemp(join(tmpdir(), 'finetooth-npm-cache-'));
  const { folder, finished } = await installInto(tarballs, { ...options, flags: ['--cache', cache, ...(options.flags ?? [])] });
  try {
    const seconds: Record<string, number> = { install: finished.took / 1000 };
    await writeFile(join(folder, 'search.js'), search);
    await writeFile(join(folder, 'import.js'), importing);
    await writeFile(join(folder, 'rerank.js'), rerankScript);
    for (const [name, words] of Object.entries(timed)) {
      const { took } = await mustRun('node', words, { cwd: folder, env: { FINETOOTH_CACHE: join(folder, 'cache') } });
      seconds[name] = took / 1000;
    }
    const modules = join(folder, 'node_modules');
    const packages = packagesIn(modules);
    const small = packages.filter(({ bytes }) => bytes < OWN_LINE_FROM);
    const sum = (parts: readonly Part[]) => ({ packages: parts.length, bytes: parts.reduce((total, { bytes }) => total + bytes, 0) });
    const parts = packages.filter(({ bytes }) => bytes >= OWN_LINE_FROM);
    return { variant, parts, others: sum(small), total: sum(packages), seconds };
  } finally {
    for (const made of [folder, cache]) rmSync(made, { recursive: true, force: true });
  }
};

const row = (name: string, bytes: number): string => `  ${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${name}\n`;

const table = ({ variant, parts, others, total, seconds }: Footprint): string => {
  const lines = parts.map(({ name, bytes }) => row(name, bytes));
  const times = Object.entries(seconds).map(([name, took]) => `  ${took.toFixed(2).padStart(7)} s   ${name}\n`);
  const sums = row(`${others.packages} smaller packages`, others.bytes) + row(`total, ${total.packages} packages`, total.bytes);
  return `${variant}\n${lines.join('')}${sums}${times.join('')}\n`;
};

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const folder = await mkdtemp(join(tmpdir(), 'finetooth-pack-'));
try {
  const tarballs = await packAll(folder);
  const answers = { 'first answer: finetooth demo': demo, 'the same again': demo, 'first answer: a search from a script': ['search.js'] };
  const list = { 'first answer: a list from a script': ['rerank.js'] };
  const imports = { 'import of finetooth and finetooth/eval': ['import.js'] };
  const named = (...wanted: readonly string[]) => tarballs.filter(({ name }) => wanted.includes(name));
  const alone: InstallOptions = { flags: ['--omit=optional'] };
  const reranking = ['finetooth', nativePackage, '@finetooth/model-bge-small-en-v1.5'];
  const footprints = [
    // A registry would leave it out where the native runtime is built.
    await measure(
      'npm install finetooth',
      tarballs.filter(({ name }) => name !== '@finetooth/runtime-wasm'),
      {},
      { ...list, ...answers, ...imports },
    ),
    await measure(
      'Reranking alone, with both models: --omit=optional, and the runtime and the models by name',
      named(...reranking, '@finetooth/model-ms-marco-minilm-l-12-v2'),
      alone,
      list,
    ),
    await measure('Reranking alone, with one model', named(...reranking), alone, list),
    await measure('With --omit=optional: hosted models or evaluation alone', named('finetooth'), alone, imports),
  ];
  const packed = tarballs.map(({ name, path }) => ({ name, bytes: statSync(path).size }));
  if (values.json) process.stdout.write(`${JSON.stringify({ packed, footprints })}\n`);
  else {
    process.stdout.write(`1 MB is 1,000,000 bytes in files. Installed with an empty npm cache.\n\nTarballs\n`);
    process.stdout.write(`${packed.map(({ name, bytes }) => row(name, bytes)).join('')}\n${footprints.map(table).join('')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
