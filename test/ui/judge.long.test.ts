import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { randomFrom } from '../../src/math/random.ts';
import { readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-test-judge-long-'));
let sites: readonly Site[] = [];
beforeAll(async () => {
  if (noBrowser === undefined) sites = await Promise.all([openSite({ judgments: folder }), openSite({ judgments: folder })]);
});
afterAll(async () => {
  await Promise.all(sites.map((site) => site[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const words = 'dreams inside dreams';

/** Some changes never reach the server, and of others the answer is lost, as when a server is killed before or after it has written. */
const loseSome = (page: Page, below: (most: number) => number): Promise<void> =>
  page.route('**/judgments', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const fate = below(4);
    if (fate === 1) await route.fetch().catch(() => undefined);
    return fate < 2 ? route.abort() : route.continue();
  });

it('two tabs at two servers that lose requests and answers lose no judgment', async () => {
  const { word } = randomFrom(11);
  const below = (most: number): number => word() % most;
  const tabs = await Promise.all(sites.map((site) => site.open(`?view=judge&q=${words.replaceAll(' ', '+')}`)));
  const pages = tabs.map(({ page }) => page);
  await Promise.all(pages.map((page) => page.locator('.judge-cards > li[data-id]').first().waitFor()));
  await Promise.all(pages.map((page) => loseSome(page, below)));
  const ids = await (pages[0] as Page)
    .locator('.judge-cards > li[data-id]')
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id as string));
  const given = new Map<string, number>();
  await Promise.all(
    pages.map(async (page, who) => {
      const own = ids.filter((_, at) => at % 2 === who);
      for (let turn = 0; turn < 30; turn++) {
        const [id, grade] = [own[below(own.length)] as string, below(4)];
        // Who presses a grade that is given takes it back.
        if (given.get(id) === grade) continue;
        await page.locator(`li[data-id="${id}"] .grade-${grade}`).click();
        given.set(id, grade);
      }
    }),
  );
  for (const page of pages) {
    await expect
      .poll(
        async () => {
          await page.evaluate(() => dispatchEvent(new Event('online')));
          return page.locator('[data-saving=saved]').count();
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBe(1);
  }
  const { judgments } = await readJudgmentsIn(join(folder, 'films'));
  expect(new Map([...judgments.values()][0])).toEqual(given);
  await Promise.all(tabs.map((tab) => tab[Symbol.asyncDispose]()));
});
