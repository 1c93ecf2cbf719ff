/**
 * The packages as they are published. What differs from the checkout: the native runtime is one package a platform, so that no one installs those of all,
 * the WebAssembly one comes where there is none, LanceDB is its own files without the two libraries for embeddings elsewhere that nothing here calls, and
 * js-tiktoken has the one encoding that is read. `npm run release` packs them all;
 * test/package.test.ts and scripts/footprint.ts install what this makes.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { mustRun, type Tarball } from './trial-install.ts';

const root = join(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const own = readManifest(root);
const onnx = join(root, 'node_modules', 'onnxruntime-node');
const lance = join(root, 'node_modules', '@lancedb', 'lancedb');
const tiktoken = join(root, 'node_modules', 'js-tiktoken');
/** Of the checkout alone. */
const privateKeys = ['devDependencies', 'scripts', 'workspaces', 'overrides', 'allowScripts'];
/** Libraries for embeddings elsewhere. */
const neverCalled = ['@huggingface/transformers', 'openai'];

export interface Platform {
  readonly system: string;
  readonly processor: string;
}

/** Every platform that the native runtime is built for. */
export const platforms = (): readonly Platform[] => {
  const builds = join(onnx, 'bin', 'napi-v6');
  return readdirSync(builds).flatMap((system) => readdirSync(join(builds, system)).map((processor) => ({ system, processor })));
};

const runtimeName = ({ system, processor }: Platform): string => `@finetooth/runtime-${system}-${processor}`;

export interface WasmPlatform {
  readonly name: string;
  readonly os: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** Where no native runtime is built, as npm can say it: `os`, `cpu` and `libc` of one package are all met at once. */
export const wasmPlatforms = (): readonly WasmPlatform[] => {
  const systems = [...new Set(platforms().map(({ system }) => system))];
  const named = (where: string): string => `@finetooth/runtime-wasm-${where}`;
  const others = systems.map((system) => ({
    name: named(`${system}-others`),
    os: [system],
    cpu: platforms().flatMap((one) => (one.system === system ? [`!${one.processor}`] : [])),
  }));
  return [
    ...others,
    { name: named('linux-musl'), os: ['linux'], libc: ['musl'] },
    { name: named('others'), os: systems.map((system) => `!${system}`) },
  ];
};

/** The tarball of `finetooth` with the manifest that is published. `staging` is a folder of its own. */
export const packOwn = async (plain: Tarball, staging: string, into: string): Promise<Tarball> => {
  mkdirSync(staging, { recursive: true });
  await mustRun('tar', ['-xzf', plain.path, '-C', staging], { cwd: staging });
  const folder = join(staging, 'package');
  const kept = Object.entries(readManifest(folder)).filter(([key]) => !privateKeys.includes(key));
  const {
    'onnxruntime-node': _native,
    '@finetooth/runtime-wasm': _wasm,
    '@lancedb/lancedb': lanceVersion,
    'js-tiktoken': tiktokenVersion,
    ...parts
  } = own.optionalDependencies;
  const runtimes = [...platforms().map(runtimeName), ...wasmPlatforms().map(({ name }) => name)].map((name) => [name, own.version]);
  const optionalDependencies = {
    ...parts,
    ...Object.fromEntries(runtimes),
    '@finetooth/lancedb': lanceVersion,
    '@finetooth/js-tiktoken': tiktokenVersion,
  };
  writeManifest(folder, { ...Object.fromEntries(kept), optionalDependencies });
  return pack(folder, own.name, into);
};

/** The native runtime of one platform: the files of onnxruntime-node that run there, and no script. */
export const packRuntime = async (platform: Platform, staging: string, into: string): Promise<Tarball> => {
  const { system, processor } = platform;
  const { dependencies = {} } = readManifest(onnx);
  const name = runtimeName(platform);
  const folder = join(staging, name, 'package');
  const build = join('bin', 'napi-v6', system, processor);
  for (const part of ['dist', build]) copyInto(onnx, folder, part);
  copyInto(join(root, 'runtimes', 'wasm'), folder, 'LICENSE');
  writeFileSync(
    join(folder, 'README.md'),
    `# ${name}\n\nONNX Runtime for Node on ${system}, ${processor}: the files of the package onnxruntime-node that run there, as they are.\nInstalled with \`finetooth\`; nothing is run or fetched while it is installed.\n`,
  );
  writeManifest(folder, {
    name,
    version: own.version,
    description: `The native build of ONNX Runtime ${readManifest(onnx).version} for ${system} ${processor}.`,
    license: 'MIT',
    main: 'dist/index.js',
    os: [system],
    cpu: [processor],
    libc: system === 'linux' ? ['glibc'] : undefined,
    dependencies: { 'onnxruntime-common': dependencies['onnxruntime-common'] },
  });
  return pack(folder, name, into);
};

/** Nothing but the wish for `@finetooth/runtime-wasm` on platforms without a native runtime. */
export const packWasmPlatform = async ({ name, os, cpu, libc }: WasmPlatform, staging: string, into: string): Promise<Tarball> => {
  const folder = join(staging, name, 'package');
  copyInto(join(root, 'runtimes', 'wasm'), folder, 'LICENSE');
  writeFileSync(join(folder, 'README.md'), `# ${name}\n\nBrings @finetooth/runtime-wasm where no native build of ONNX Runtime runs.\n`);
  writeManifest(folder, {
    name,
    version: own.version,
    description: 'Brings @finetooth/runtime-wasm where no native build of ONNX Runtime runs.',
    license: 'MIT',
    type: 'commonjs',
    os,
    cpu,
    libc,
    dependencies: { '@finetooth/runtime-wasm': own.optionalDependencies['@finetooth/runtime-wasm'] },
  });
  return pack(folder, name, into);
};

/** The decoder of js-tiktoken and its table for cl100k_base, as modules alone: 1 MB of 22. */
export const packTiktoken = async (staging: string, into: string): Promise<Tarball> => {
  const { version, license, dependencies } = readManifest(tiktoken);
  const folder = join(staging, 'js-tiktoken', 'package');
  const dist = join(tiktoken, 'dist');
  const parts = readdirSync(dist).filter((name) => /^(lite\.(js|d\.ts)|chunk-.*\.js|core-.*\.d\.ts)$/.test(name));
  for (const part of [...parts, 'ranks/cl100k_base.js', 'ranks/cl100k_base.d.ts']) copyInto(dist, join(folder, 'dist'), part);
  // Its package names the licence and has no file of it.
  copyInto(join(root, 'scripts', 'licences'), folder, 'js-tiktoken.txt', 'LICENSE');
  writeFileSync(
    join(folder, 'README.md'),
    '# @finetooth/js-tiktoken\n\nThe decoder of js-tiktoken and its table for cl100k_base, the files as they are, without the tables for other encodings.\n',
  );
  const entry = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
  writeManifest(folder, {
    name: '@finetooth/js-tiktoken',
    version,
    description: 'js-tiktoken with the encoding cl100k_base alone.',
    license,
    type: 'module',
    exports: { './lite': entry('lite'), './ranks/cl100k_base': entry('ranks/cl100k_base') },
    dependencies,
  });
  return pack(folder, '@finetooth/js-tiktoken', into);
};

/** LanceDB's JavaScript as it is, and its native parts by platform. */
export const packLance = async (staging: string, into: string): Promise<Tarball> => {
  const { version, license, dependencies, optionalDependencies, peerDependencies } = readManifest(lance);
  const folder = join(staging, 'lancedb', 'package');
  for (const part of readdirSync(lance).filter((one) => one === 'dist' || /LICENSE/.test(one))) copyInto(lance, folder, part);
  // The licence of its native part, which is its own.
  if (!existsSync(join(folder, 'LICENSE'))) copyInto(root, folder, 'LICENSE');
  writeFileSync(
    join(folder, 'README.md'),
    '# @finetooth/lancedb\n\nLanceDB for Node, its files as they are, without the libraries for embeddings elsewhere among its dependencies, which finetooth never calls.\n',
  );
  writeManifest(folder, {
    name: '@finetooth/lancedb',
    version,
    description: 'LanceDB for Node without libraries for embeddings elsewhere.',
    license,
    main: 'dist/index.js',
    types: 'dist/index.d.ts',
    dependencies,
    optionalDependencies: Object.fromEntries(Object.entries(optionalDependencies).filter(([name]) => !neverCalled.includes(name))),
    peerDependencies,
  });
  return pack(folder, '@finetooth/lancedb', into);
};

const writeManifest = (folder: string, manifest: object): void =>
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);

const copyInto = (from: string, to: string, part: string, as = part): void => {
  mkdirSync(dirname(join(to, as)), { recursive: true });
  cpSync(join(from, part), join(to, as), { recursive: true, dereference: true });
};

/** A folder called `package`, all of which is published. Weakly compressed, since tests wait for it. */
const pack = async (folder: string, name: string, into: string): Promise<Tarball> => {
  const path = join(into, `${name.replace('@', '').replace('/', '-')}-${readManifest(folder).version}.tgz`);
  const words = ['--use-compress-program', 'gzip -1', '-cf', path, '-C', dirname(folder), basename(folder)];
  await mustRun('tar', words, { cwd: root });
  return { name, path };
};
