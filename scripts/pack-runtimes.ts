/** The native runtime as one package a platform, so that no one installs those of all, and the wish for the WebAssembly one where there is none. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyInto, installed, type Manifest, pack, readManifest, root, writeManifest, writeReadme } from './pack-folder.ts';
import type { Tarball } from './trial-install.ts';

const onnx = installed('onnxruntime-node');
const own = (): Manifest => readManifest(root);

export interface Platform {
  readonly system: string;
  readonly processor: string;
}

/** Every platform that the native runtime is built for. */
export const platforms = (): readonly Platform[] => {
  const builds = join(onnx, 'bin', 'napi-v6');
  return readdirSync(builds).flatMap((system) => readdirSync(join(builds, system)).map((processor) => ({ system, processor })));
};

export const runtimeName = ({ system, processor }: Platform): string => `@finetooth/runtime-${system}-${processor}`;

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

/** The native runtime of one platform: the files of onnxruntime-node that run there, and no script. */
export const packRuntime = async (platform: Platform, staging: string, into: string): Promise<Tarball> => {
  const { system, processor } = platform;
  const { dependencies = {} } = readManifest(onnx);
  const name = runtimeName(platform);
  const folder = join(staging, name, 'package');
  const build = join('bin', 'napi-v6', system, processor);
  copyInto(onnx, folder, 'dist');
  for (const file of distinctFiles(join(onnx, build))) copyInto(onnx, folder, join(build, file));
  copyInto(join(root, 'runtimes', 'wasm'), folder, 'LICENSE');
  writeReadme(
    folder,
    name,
    `ONNX Runtime for Node on ${system}, ${processor}: the files of the package onnxruntime-node that run there, as they are.\nInstalled with \`finetooth\`; nothing is run or fetched while it is installed.`,
  );
  writeManifest(folder, {
    name,
    version: own().version,
    description: `The native build of ONNX Runtime ${readManifest(onnx).version} for ${system} ${processor}.`,
    license: 'MIT',
    main: 'dist/index.js',
    os: [system],
    cpu: [processor],
    libc: system === 'linux' ? ['glibc'] : undefined,
    dependencies: { 'onnxruntime-common': dependencies['onnxruntime-common'] },
  });
  return pack(folder, into);
};

/** Names of files; of equal ones the shortest, by which libraries ask for each other: that of macOS lies there twice, 45 MB each. */
const distinctFiles = (folder: string): readonly string[] => {
  const names = readdirSync(folder).toSorted((a, b) => a.length - b.length);
  const contents = names.map((name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  );
  return names.filter((_, at) => contents.indexOf(contents[at] as string) === at);
};

/** Nothing but the wish for `@finetooth/runtime-wasm` on platforms without a native runtime. */
export const packWasmPlatform = async ({ name, os, cpu, libc }: WasmPlatform, staging: string, into: string): Promise<Tarball> => {
  const folder = join(staging, name, 'package');
  copyInto(join(root, 'runtimes', 'wasm'), folder, 'LICENSE');
  writeReadme(folder, name, 'Brings @finetooth/runtime-wasm where no native build of ONNX Runtime runs.');
  writeManifest(folder, {
    name,
    version: own().version,
    description: 'Brings @finetooth/runtime-wasm where no native build of ONNX Runtime runs.',
    license: 'MIT',
    type: 'commonjs',
    os,
    cpu,
    libc,
    dependencies: { '@finetooth/runtime-wasm': own().optionalDependencies['@finetooth/runtime-wasm'] },
  });
  return pack(folder, into);
};
