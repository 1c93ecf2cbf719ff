import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/**
 * Kilobytes of an entry, minified and gzipped, at most: what importing it loads, and that with all that comes on first use. Packages do not count. A larger
 * number is a decision: say in the commit what it is for.
 */
const budgets: Readonly<Record<string, readonly [imported: number, all: number]>> = {
  '.': [240, 265],
  './rerankers': [32, 60],
  './embedders': [60, 60],
  './stores': [102, 102],
  './hosted': [36, 65],
  './browser': [17, 17],
  './browser/worker': [11, 11],
  './eval': [48, 75],
  './plan': [18, 18],
  './server': [370, 370],
  './mcp': [285, 285],
  './tasks': [315, 315],
  './contracts': [250, 275],
  './ai-sdk': [135, 160],
  './langchain': [150, 175],
  './lancedb': [130, 155],
  './mastra': [230, 255],
};

interface Output {
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

const entries = Object.entries(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { default: string }> }).exports,
).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [[name, join(src, relative('dist', entry.default).replace(/\.js$/, '.ts'))] as const],
);

/** What a bundler makes of an entry: the one file that it is, and a file for each part that comes on first use. */
async function bundled(file: string): Promise<{ readonly imported: number; readonly all: number; readonly builtin: readonly string[] }> {
  const { metafile, outputFiles } = await build({
    entryPoints: [file],
    outdir: join(root, 'out'),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    absWorkingDir: root,
    logLevel: 'error',
  });
  const outputs = metafile.outputs as Readonly<Record<string, Output>>;
  const sizes = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), gzipSync(contents).length]));
  const reached = new Set([Object.keys(metafile.outputs).find((path) => metafile.outputs[path]?.entryPoint !== undefined) as string]);
  for (const path of reached)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement' && next in outputs) reached.add(next);
  const sum = (paths: Iterable<string>): number => Math.ceil([...paths].reduce((total, path) => total + (sizes.get(path) ?? 0), 0) / 1000);
  const builtin = [...reached].flatMap(
    (path) => outputs[path]?.imports.flatMap(({ path: name }) => (name.startsWith('node:') ? [name] : [])) ?? [],
  );
  return { imported: sum(reached), all: sum(sizes.keys()), builtin };
}

const sizes = new Map(await Promise.all(entries.map(async ([name, file]) => [name, await bundled(file)] as const)));

it('every entry has a budget, and keeps it', () => {
  expect(Object.keys(budgets).sort()).toEqual(entries.map(([name]) => name).sort());
  const found = [...sizes].map(([name, { imported, all }]) => [name, imported, all] as const);
  const over = found.filter(([name, imported, all]) => imported > (budgets[name]?.[0] as number) || all > (budgets[name]?.[1] as number));
  expect(over).toEqual([]);
  // One that is far below its budget keeps no one from growing.
  const slack = found.filter(
    ([name, imported, all]) => imported < (budgets[name]?.[0] as number) * 0.7 || all < (budgets[name]?.[1] as number) * 0.7,
  );
  expect(slack).toEqual([]);
});

it.each(['./browser', './browser/worker'])('%s loads nothing of Node, so that it runs in browsers', (name) => {
  expect(sizes.get(name)?.builtin).toEqual([]);
});

it('./eval loads nothing of Node in browsers', async () => {
  const { builtin, imported } = await bundled(join(src, 'eval', 'browser.ts'));
  expect(imported).toBeGreaterThan(2);
  expect(builtin).toEqual([]);
});
