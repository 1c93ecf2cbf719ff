import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenes, violations } from './accessible.ts';
import { buildPage, noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
  else await buildPage();
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** What one sees most, in a scheme and at a width in turn; `accessible.long.test.ts` has every scene in each. */
const most = ['search', 'upload', 'why', 'judge'];
const sample = scenes
  .filter(({ name }) => most.includes(name))
  .map((scene, at) => ({
    ...scene,
    scheme: at % 2 === 0 ? ('light' as const) : ('dark' as const),
    width: at % 4 < 2 ? 1280 : 320,
  }));

describe('each view', () => {
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

  it.each(sample)('axe finds nothing wrong with "$name" in $scheme at $width px, nor is it wider than the screen', async ({
    address,
    prepare,
    scheme,
    width,
  }) => {
    await using tab = await site.open(address, { colorScheme: scheme, viewport: { width, height: 800 } });
    await prepare(tab.page);
    expect(await violations(tab.page)).toEqual([]);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    expect(tab.errors).toEqual([]);
  });
});

const dist = join(import.meta.dirname, '..', '..', 'dist', 'ui');

it('loads at most 60 kB of packed script before the first view, and runs no script or style of the document itself', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  // What it names, and what that imports at once.
  const loaded = new Set([...html.matchAll(/assets\/([^"]+\.js)/g)].map(([, name]) => name as string));
  for (const name of loaded)
    for (const [, more] of readFileSync(join(dist, 'assets', name), 'utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      loaded.add(more as string);
  const bytes = [...loaded].reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, 'assets', name))).length, 0);
  const all = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
  console.log(`first load ${(bytes / 1000).toFixed(1)} kB of ${all.length} scripts, packed`);
  expect(loaded.size).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(60_000);
});

it('shifts nothing, and reports how long a key takes with 100 cards', async ({ skip }) => {
  skip(noBrowser !== undefined, noBrowser);
  await using tab = await site.open(`?a=${encodeURIComponent('{"candidates":100,"reranker":"late-interaction"}')}`, {
    reducedMotion: 'no-preference',
  });
  const { page, errors } = tab;
  await page.evaluate(() => {
    const seen = { shifts: [] as string[], slowest: 0, longest: 0 };
    Object.assign(globalThis, { seen });
    const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
        type,
        buffered: true,
        durationThreshold: 16,
      } as PerformanceObserverInit);
    observe('layout-shift', (entry) => {
      const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
        readonly value: number;
        readonly hadRecentInput: boolean;
        readonly sources: readonly { readonly node: Element | null; readonly previousRect: DOMRect; readonly currentRect: DOMRect }[];
      };
      const placed = ({ x, y, width, height }: DOMRect): string => [x, y, width, height].map(Math.round).join(' ');
      const moved = sources.map(
        ({ node, previousRect, currentRect }) =>
          `${node?.nodeName} ${node?.className ?? node?.textContent}: ${placed(previousRect)} to ${placed(currentRect)}`,
      );
      if (!hadRecentInput) seen.shifts.push(`${value}: ${moved.join(', ')}`);
    });
    observe('event', ({ duration }) => (seen.slowest = Math.max(seen.slowest, duration)));
    observe('longtask', ({ duration }) => (seen.longest = Math.max(seen.longest, duration)));
  });
  await page.getByRole('option', { name: 'films (350)' }).waitFor({ state: 'attached' });
  await page.getByRole('searchbox').pressSequentially('a robot left alone', { delay: 60 });
  await page.locator('[data-status=done]').waitFor();
  expect(await page.locator('ol[data-side="1"] > li').count()).toBe(100);
  await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 10; i++) await page.keyboard.press('j');
  await page.getByRole('searchbox').pressSequentially(' on earth', { delay: 60 });
  await page.locator('[data-status=done]').waitFor();
  const seen = await page.evaluate(
    () => (globalThis as unknown as { readonly seen: { shifts: string[]; slowest: number; longest: number } }).seen,
  );
  console.log(`slowest key ${seen.slowest} ms, longest task ${seen.longest} ms, on this machine`);
  expect(seen.shifts).toEqual([]);
  expect(errors).toEqual([]);
});
