/**
 * What an interaction costs the page's own thread with 100 cards in each column: `node test/ui/interaction.ts`. Processor time, not time on a clock, so that a
 * busy machine says the same; the server's answers are those of the bundled films and models.
 */
import type { CDPSession, Page } from 'playwright-core';
import { noBrowser, openSite } from './browser.ts';

/** Milliseconds that one may take, beyond the server's. */
const MOST_MS = 50;
const TIMES = 5;

interface Interaction {
  readonly name: string;
  readonly act: (page: Page, time: number) => Promise<unknown>;
  /** What it led to is there. */
  readonly settled?: (page: Page) => Promise<unknown>;
}

const done = (page: Page): Promise<unknown> => page.locator('.status[data-status="done"]').waitFor({ timeout: 120_000 });
const closed = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
};

const interactions: readonly Interaction[] = [
  { name: 'next result (j)', act: (page) => page.keyboard.press('j') },
  { name: 'the other column (←, →)', act: (page, time) => page.keyboard.press(time % 2 === 0 ? 'ArrowLeft' : 'ArrowRight') },
  { name: 'open a result (Enter)', act: (page) => page.keyboard.press('Enter'), settled: closed },
  { name: 'list of keys (?)', act: (page) => page.keyboard.press('?'), settled: closed },
  {
    name: 'a letter in the query',
    act: async (page) => {
      await page.locator('#query').focus();
      await page.keyboard.press('End');
      await page.keyboard.type('s');
    },
    settled: done,
  },
];

if (noBrowser !== undefined) throw new Error(noBrowser);
await using site = await openSite();
const pipeline = encodeURIComponent(JSON.stringify({ candidates: 100 }));
await using tab = await site.open(`?index=films&q=a+robot+left+alone+on+earth&a=${pipeline}`);
await done(tab.page);
const session = await tab.page.context().newCDPSession(tab.page);
await session.send('Performance.enable', { timeDomain: 'threadTicks' });
await tab.page.locator('[data-side="1"] .card-open').first().focus();
let isOver = false;
for (const { name, act, settled } of interactions) {
  const costs: Cost[] = [];
  for (let time = 0; time < TIMES; time++) {
    const before = await spent(session);
    await act(tab.page, time);
    // Two frames: what the press changes is drawn.
    await tab.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    costs.push(between(before, await spent(session)));
    await settled?.(tab.page);
  }
  const worst = report(name, costs);
  isOver ||= worst > MOST_MS;
}
await tab.page.evaluate(() => {
  const seen: number[] = [];
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
});
const before = await spent(session);
await tab.page.locator('#query').fill('a whale that sinks a ship');
await tab.page.waitForTimeout(200);
await done(tab.page);
report('a new question, all its orders', [between(before, await spent(session))]);
const longTasks = await tab.page.evaluate(() => (globalThis as unknown as { readonly seen: readonly number[] }).seen);
console.log(`its tasks over 50 ms on the clock: ${longTasks.map((ms) => ms.toFixed(0)).join(', ') || 'none'}`);
process.exitCode = isOver ? 1 : 0;

type Cost = Readonly<Record<'task' | 'script' | 'style' | 'layout', number>>;

/** Milliseconds of the thread so far. */
async function spent(session: CDPSession): Promise<Cost> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => 1000 * (metrics.find((one) => one.name === name)?.value ?? 0);
  return { task: of('TaskDuration'), script: of('ScriptDuration'), style: of('RecalcStyleDuration'), layout: of('LayoutDuration') };
}

function between(before: Cost, after: Cost): Cost {
  const of = (name: keyof Cost): number => after[name] - before[name];
  return { task: of('task'), script: of('script'), style: of('style'), layout: of('layout') };
}

/** The worst of all times. The first is told beside the others, whatever the machine does meanwhile: what it loads and compiles should be loaded before. */
function report(name: string, costs: readonly Cost[]): number {
  const words = costs.map(({ task }) => task.toFixed(0)).join(' ');
  const worst = [...costs].sort((a, b) => b.task - a.task)[0] as Cost;
  console.log(
    `${name}: ${words} ms; the worst: script ${worst.script.toFixed(0)}, style ${worst.style.toFixed(0)}, layout ${worst.layout.toFixed(0)}`,
  );
  return worst.task;
}
