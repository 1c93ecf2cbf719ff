/**
 * Libraries of which little is loaded, as one file for each entry with what it needs: no source maps, no second copy in CommonJS, no tests of theirs, and no
 * packages of their own below them. The sources take whichever is there (`src/fetch/import-first.ts`).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { installed, type Manifest, pack, readManifest, root, writeManifest, writeReadme } from './pack-folder.ts';
import type { Tarball } from './trial-install.ts';

export interface Bundle {
  readonly name: string;
  /** The package that it is made of, whose version it has. */
  readonly from: string;
  /** Entries by which it is imported; '' is the package itself. */
  readonly entries: readonly string[];
  /** Packages that stay outside: those that others have to share. */
  readonly outside?: readonly string[];
}

const stemmers = Object.keys(readManifest(installed('@orama/stemmers')).exports ?? {}).map((entry) => entry.slice('./'.length));

export const bundles: readonly Bundle[] = [
  { name: '@finetooth/mcp-server', from: '@modelcontextprotocol/server', entries: ['', 'stdio'], outside: ['zod'] },
  { name: '@finetooth/plot', from: '@observablehq/plot', entries: [''] },
  { name: '@finetooth/linkedom', from: 'linkedom', entries: [''] },
  { name: '@finetooth/stemmers', from: '@orama/stemmers', entries: stemmers },
  { name: '@finetooth/js-tiktoken', from: 'js-tiktoken', entries: ['lite', 'ranks/cl100k_base'] },
];

/** Modules, readable, each licence beside them. */
export const packBundle = async ({ name, from, entries, outside = [] }: Bundle, staging: string, into: string): Promise<Tarball> => {
  const { version, license } = readManifest(installed(from));
  const folder = join(staging, name, 'package');
  const named = entries.map((entry) => ({ entry, file: entry === '' ? 'index' : entry }));
  const parts = await bundle({
    entryPoints: named.map(({ entry, file }) => ({ in: entry === '' ? from : `${from}/${entry}`, out: file })),
    outdir: join(folder, 'dist'),
    format: 'esm',
    outside,
  });
  writeLicences(folder, parts);
  const inside = parts.map((part) => `${part.name} ${part.version}`).join(', ');
  writeReadme(folder, name, `${from} ${version} for finetooth, each entry one file, with what it needs. Inside: ${inside}.`);
  writeManifest(folder, {
    name,
    version,
    description: `${from} as finetooth loads it: each entry one file, with what it needs.`,
    license,
    type: 'module',
    exports: {
      ...Object.fromEntries(named.map(({ entry, file }) => [entry === '' ? '.' : `./${entry}`, `./dist/${file}.js`])),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(outside.map((one) => [one, own().dependencies?.[one]])),
  });
  return pack(folder, into);
};

export interface BundleOptions {
  readonly entryPoints: readonly { readonly in: string; readonly out: string }[];
  readonly outdir: string;
  readonly format: 'esm' | 'cjs';
  readonly outside?: readonly string[];
}

/** A package whose code is in a bundle. */
export interface Inside extends Manifest {
  readonly folder: string;
}

/** Writes the files, and returns the packages whose code is in them. */
export const bundle = async ({ entryPoints, outdir, format, outside = [] }: BundleOptions): Promise<readonly Inside[]> => {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    outdir,
    format,
    bundle: true,
    splitting: format === 'esm',
    platform: 'node',
    target: 'node22.13',
    external: [...outside, 'canvas'],
    // Some compare classes by their names.
    keepNames: true,
    chunkNames: 'part-[hash]',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'error',
  });
  return packagesIn(metafile);
};

/** Every licence of what is inside, in one file. */
export const writeLicences = (folder: string, parts: readonly Inside[]): void => {
  const texts = parts.map((part) => `${part.name} ${part.version} (${part.license})\n\n${licenceOf(part)}\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'LICENSE'), texts.join(`\n${'-'.repeat(80)}\n\n`));
};

/** The text that the package has, or else the one in scripts/licences, where it only names its licence. */
const licenceOf = ({ name, folder }: Inside): string => {
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)\b/i.test(one));
  const path = file === undefined ? join(root, 'scripts', 'licences', `${name}.txt`) : join(folder, file);
  if (!existsSync(path)) throw new Error(`${name} has no file of its licence: put its text into ${path}`);
  return readFileSync(path, 'utf8').trim();
};

const own = (): Manifest => readManifest(root);

function packagesIn({ outputs }: Metafile): readonly Inside[] {
  const folders = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      // What was shaken off is not published.
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const found = [...new Set(folders)].map((part) => ({ ...readManifest(join(root, part)), folder: join(root, part) }));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
