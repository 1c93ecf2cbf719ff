import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/** Kilobytes of sources that importing an entry reads at most. What comes on first use does not count. A larger number is a decision: say in the commit what it is for. */
const budgets: Readonly<Record<string, number>> = {
  '.': 1730,
  './rerankers': 270,
  './embedders': 400,
  './stores': 770,
  './hosted': 260,
  './browser': 100,
  './browser/worker': 100,
  './eval': 320,
  './plan': 140,
  './server': 2950,
  './mcp': 2090,
  './tasks': 2320,
  './contracts': 1820,
  './ai-sdk': 1060,
  './langchain': 1080,
  './lancedb': 1060,
  './mastra': 1740,
};

/** Sources that are read when a file is imported, itself included. */
function reached(file: string, seen: Set<string>): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, types, target] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'/gms))
    if (types === undefined) reached(resolve(dirname(file), target as string), seen);
  return seen;
}

const entries = Object.entries(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { default: string }> }).exports,
).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [[name, join(src, relative('dist', entry.default).replace(/\.js$/, '.ts'))] as const],
);

it('every entry has a budget, and keeps it', () => {
  const sizes = entries.map(([name, file]) => {
    const bytes = [...reached(file, new Set())].reduce((sum, one) => sum + readFileSync(one).length, 0);
    return [name, Math.ceil(bytes / 1000)] as const;
  });
  expect(Object.keys(budgets).sort()).toEqual(entries.map(([name]) => name).sort());
  expect(sizes.filter(([name, size]) => size > (budgets[name] as number))).toEqual([]);
  // One that is far below its budget keeps nobody from growing.
  expect(sizes.filter(([name, size]) => size < (budgets[name] as number) * 0.7)).toEqual([]);
});

it.each([
  'browser/index.ts',
  'browser/worker.ts',
  'eval/browser.ts',
])('%s reaches nothing of Node, so that it runs in browsers', (entry) => {
  const files = [...reached(join(src, entry), new Set())];
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => /^(?:import|export)\s(?!type\s)[^;]*?from\s+'node:/gms.test(readFileSync(file, 'utf8')))).toEqual([]);
});
