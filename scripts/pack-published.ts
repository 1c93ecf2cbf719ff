/**
 * The packages as they are published. What differs from the checkout: the native runtime is one package a platform, the WebAssembly one comes where there is
 * none, and libraries of which little is loaded are packages of that little. `npm run release` packs them all; test/package.test.ts and scripts/footprint.ts
 * install what this makes.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundles, packBundle } from './pack-bundles.ts';
import { pack, readManifest, root, writeManifest } from './pack-folder.ts';
import { packLance, packLanceNatives } from './pack-lance.ts';
import { packRuntime, packWasmPlatform, platforms, runtimeName, wasmPlatforms } from './pack-runtimes.ts';
import { mustRun, type Tarball } from './trial-install.ts';

const own = readManifest(root);
/** Of the checkout alone. */
const privateKeys = ['devDependencies', 'scripts', 'workspaces', 'overrides', 'allowScripts'];
/** Optional parts of the checkout that are published under another name. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['@lancedb/lancedb', '@finetooth/lancedb'],
  ...bundles.map(({ from, name }) => [from, name] as const),
]);
/** Those that come with others: the runtimes by platform, Arrow inside of LanceDB. */
const wasm = '@finetooth/runtime-wasm';
const elsewhere = ['onnxruntime-node', wasm, 'apache-arrow'];

/** Packs what npm made of the workspaces as it is published, and all that is made of other packages: for this platform, or everything for all. */
export const packPublished = async (
  plain: readonly Tarball[],
  staging: string,
  into: string,
  everywhere: boolean,
): Promise<readonly Tarball[]> => {
  const tarballs = [await packLance(staging, into), ...(await packLanceNatives(staging, into, everywhere))];
  for (const bundle of bundles) tarballs.push(await packBundle(bundle, staging, into));
  if (everywhere) for (const platform of wasmPlatforms()) tarballs.push(await packWasmPlatform(platform, staging, into));
  const isHere = (platform: { readonly system: string; readonly processor: string }): boolean =>
    platform.system === process.platform && platform.processor === process.arch;
  for (const platform of platforms().filter((one) => everywhere || isHere(one))) tarballs.push(await packRuntime(platform, staging, into));
  for (const one of plain) tarballs.push(one.name === own.name ? await packOwn(one, join(staging, 'own'), into) : one);
  return tarballs;
};

/** The tarball of `finetooth` with the manifest that is published. `staging` is a folder of its own. */
const packOwn = async (plain: Tarball, staging: string, into: string): Promise<Tarball> => {
  mkdirSync(staging, { recursive: true });
  await mustRun('tar', ['-xzf', plain.path, '-C', staging], { cwd: staging });
  const folder = join(staging, 'package');
  const kept = Object.entries(readManifest(folder)).filter(([key]) => !privateKeys.includes(key));
  const parts = Object.entries(own.optionalDependencies)
    .filter(([name]) => !elsewhere.includes(name))
    .map(([name, version]) => [renamed.get(name) ?? name, version] as const);
  const runtimes = [...platforms().map(runtimeName), ...wasmPlatforms().map(({ name }) => name)].map(
    (name) => [name, own.version] as const,
  );
  const optionalDependencies = Object.fromEntries([...parts, ...runtimes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  // A peer that npm installs for no one: its version is the one that a message names where no native runtime loads.
  const peerDependencies = { ...own.peerDependencies, [wasm]: own.optionalDependencies[wasm] };
  const peerDependenciesMeta = { ...own.peerDependenciesMeta, [wasm]: { optional: true } };
  writeManifest(folder, { ...Object.fromEntries(kept), optionalDependencies, peerDependencies, peerDependenciesMeta });
  return pack(folder, into);
};
