import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-test-judge-'));
let site: Site;
/** Another server, which keeps its judgments in the same place. */
let other: Site;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  [site, other] = await Promise.all([openSite({ judgments: folder }), openSite({ judgments: folder })]);
});
afterAll(async () => {
  await Promise.all([site, other].map((one) => one?.[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const query = 'a robot left alone on earth';
const address = `?view=judge&q=${query.replaceAll(' ', '+')}`;
const cards = '.judge-cards > li[data-id]';
const kept = async (words = query): Promise<ReadonlyMap<string, number>> => {
  const { queries, judgments } = await readJudgmentsIn(join(folder, 'films'));
  return judgments.get([...queries].find(([, text]) => text === words)?.[0] ?? '') ?? new Map();
};
const ready = (page: Page): Promise<void> => page.locator(cards).first().waitFor();
const saved = (page: Page): Promise<void> => page.locator('[data-saving=saved]').waitFor();
const idsIn = (page: Page): Promise<string[]> =>
  page.locator(cards).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id as string));
/** From now on this tab does not hear what others judge until it asks for something itself. */
const blind = (page: Page): Promise<void> =>
  page.route('**/judgments', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
/** The document whose card has the focus. */
const focused = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.closest('li')?.dataset.id);

describe('judging', () => {
  it('is done by keys 0 to 3, kept on the disk, measured, taken back, and blind where one wishes', async () => {
    await using tab = await site.open(address);
    const { page, errors } = tab;
    await ready(page);
    const ids = await idsIn(page);
    expect(ids.length).toBeGreaterThanOrEqual(10);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(ids[0]);
    await page.keyboard.press('3');
    // On to the next that has no grade.
    await expect.poll(() => focused(page)).toBe(ids[1]);
    await page.keyboard.press('0');
    await expect.poll(() => focused(page)).toBe(ids[2]);
    await saved(page);
    expect(await kept()).toEqual(
      new Map([
        [ids[0], 3],
        [ids[1], 0],
      ]),
    );
    expect(await page.locator(`li[data-id="${ids[0]}"] [aria-pressed=true]`).innerText()).toContain('3 exactly');
    expect(await page.locator('.judge-progress').innerText()).toContain(`2 of ${ids.length}`);
    const figures = page.getByRole('region', { name: 'What the judgments say' });
    await expect.poll(() => figures.innerText()).toContain('over 1 judged query');
    await expect.poll(() => figures.innerText()).toMatch(/cannot tell with 1 query|makes no difference/i);
    expect(await figures.locator('.plot svg[role=img]').count()).toBeGreaterThan(0);
    await page.keyboard.press('u');
    await expect.poll(() => focused(page)).toBe(ids[1]);
    await saved(page);
    await expect.poll(async () => (await kept()).has(ids[1] as string)).toBe(false);
    await page.keyboard.press('b');
    await expect.poll(() => new URL(page.url()).searchParams.has('blind')).toBe(true);
    const blind = await idsIn(page);
    expect(blind).not.toEqual(ids);
    expect([...blind].sort()).toEqual([...ids].sort());
    expect((await page.locator('.judge-places').allInnerTexts()).join('')).toBe('');
    await page.reload();
    await ready(page);
    expect(await idsIn(page)).toEqual(blind);
    expect(await page.locator(`li[data-id="${ids[0]}"] [aria-pressed=true]`).innerText()).toContain('3 exactly');
    expect(errors).toEqual([]);
  });

  it('in two tabs and at two servers loses nothing, and each tab sees what the other gave', async () => {
    const words = 'shark terrorises a beach town';
    const there = `?view=judge&q=${words.replaceAll(' ', '+')}`;
    await using one = await site.open(there);
    await using two = await other.open(there);
    await Promise.all([ready(one.page), ready(two.page)]);
    const ids = await idsIn(one.page);
    const half = Math.floor(ids.length / 2);
    const judge = async (page: Page, from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) await page.locator(`li[data-id="${ids[at]}"] .grade-${at % 4}`).click();
    };
    await Promise.all([judge(one.page, 0, half), judge(two.page, half, ids.length)]);
    await Promise.all([saved(one.page), saved(two.page)]);
    expect(await kept(words)).toEqual(new Map(ids.map((id, at) => [id, at % 4])));
    // A change of the answer that each gets shows what the other gave to the same query.
    await one.page.locator(`li[data-id="${ids[0]}"] .grade-1`).click();
    await expect.poll(() => one.page.locator('.judge-progress').innerText()).toContain(`${ids.length} of ${ids.length}`);
    expect((await kept(words)).size).toBe(ids.length);
  });

  it('says that it could not save, tries again, and loses nothing', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    const ids = await idsIn(page);
    let isDown = true;
    await page.route('**/judgments', (route) => (isDown && route.request().method() === 'PATCH' ? route.abort() : route.continue()));
    const card = page.locator(`li[data-id="${ids[3]}"]`);
    await card.locator('.grade-2').click();
    await page.locator('[data-saving=waiting]').waitFor();
    expect(await page.locator('.save-state').innerText()).toContain('1 judgment not saved yet');
    expect(await card.locator('[aria-pressed=true]').innerText()).toContain('2');
    expect((await kept()).has(ids[3] as string)).toBe(false);
    isDown = false;
    await page.getByRole('button', { name: 'Save now' }).click();
    await saved(page);
    expect((await kept()).get(ids[3] as string)).toBe(2);
  });

  it('of the same document by two people keeps both grades in sight, and lets one be chosen knowingly', async () => {
    const words = 'someone relives the same day';
    const there = `?view=judge&q=${words.replaceAll(' ', '+')}`;
    await using one = await site.open(there);
    await using two = await other.open(there);
    await Promise.all([ready(one.page), ready(two.page)]);
    const [id = '', second = ''] = await idsIn(one.page);
    const cardOf = (page: Page, which = id) => page.locator(`li[data-id="${which}"]`);
    // The other has not heard of it yet.
    await blind(two.page);
    await cardOf(one.page).locator('.grade-3').click();
    await saved(one.page);
    await cardOf(two.page).locator('.grade-1').click();
    await cardOf(two.page).locator('.conflict').getByText('Someone else gave 3, exactly; you gave 1, a little.').waitFor();
    expect(await two.page.locator('.save-state').innerText()).toContain('Someone else graded a document otherwise');
    expect(await cardOf(two.page).locator('[aria-pressed=true]').innerText()).toContain('3');
    expect((await kept(words)).get(id)).toBe(3);
    // By keys: to the document, and the grade that is wanted.
    await two.page.locator('body').press('d');
    expect(await focused(two.page)).toBe(id);
    await two.page.keyboard.press('1');
    await cardOf(two.page).locator('.conflict').waitFor({ state: 'detached' });
    await expect.poll(async () => (await kept(words)).get(id)).toBe(1);
    // Who gave the first one hears of it, and leaves it.
    await cardOf(one.page)
      .locator('.conflict')
      .getByText('Someone else gave 1, a little; you gave 3, exactly.')
      .waitFor({ timeout: 15_000 });
    await cardOf(one.page).getByRole('button', { name: 'Keep 1' }).click();
    await cardOf(one.page).locator('.conflict').waitFor({ state: 'detached' });
    expect(await focused(one.page)).toBe(id);
    expect((await kept(words)).get(id)).toBe(1);
    // The same grade of both is none.
    await cardOf(one.page, second).locator('.grade-2').click();
    await cardOf(two.page, second).locator('.grade-2').click();
    await Promise.all([saved(one.page), saved(two.page)]);
    expect(await two.page.locator('.conflict').count()).toBe(0);
    expect([one.errors, two.errors]).toEqual([[], []]);
  });

  it('leaves a grade that someone else gave while a tab was offline, and shows both', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    const [, , , , id = '', taken = ''] = await idsIn(page);
    await page.locator(`li[data-id="${taken}"] .grade-2`).click();
    await saved(page);
    await tab.page.context().setOffline(true);
    await page.locator(`li[data-id="${id}"] .grade-1`).click();
    await page.locator(`li[data-id="${taken}"] .grade-3`).click();
    await page.locator('[data-saving=waiting]').waitFor();
    // The list stays while the server is gone.
    expect(await page.locator(cards).count()).toBeGreaterThan(9);
    const told = await fetch(`${other.server.url}/v1/indexes/films/judgments`, {
      method: 'PATCH',
      body: JSON.stringify({
        judgments: [
          { query, id, grade: 3 },
          { query, id: taken, grade: null },
        ],
      }),
    });
    expect(told.status).toBe(200);
    await tab.page.context().setOffline(false);
    await saved(page);
    expect([(await kept()).get(id), (await kept()).has(taken)]).toEqual([3, false]);
    await page.locator(`li[data-id="${id}"] .conflict`).getByText('Someone else gave 3, exactly; you gave 1, a little.').waitFor();
    const row = page.locator(`li[data-id="${taken}"] .conflict`);
    await row.getByText('Someone else took the grade back; you gave 3, exactly.').waitFor();
    await row.getByRole('button', { name: 'Make it 3' }).click();
    await row.waitFor({ state: 'detached' });
    await expect.poll(async () => (await kept()).get(taken)).toBe(3);
    // What was never on the disk is not undone there.
    await page.locator(`li[data-id="${id}"] .grade-3`).click();
    await page.locator('.conflict').waitFor({ state: 'detached' });
    expect((await kept()).get(id)).toBe(3);
  });

  it('is exported as files that others read', async () => {
    await using tab = await site.open(address);
    const { page } = tab;
    await ready(page);
    await page.keyboard.press('e');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'qrels.txt' }).click();
    const path = await (await download).path();
    expect(readFileSync(path, 'utf8')).toMatch(/^\w+ 0 \S+ [0-3]\n/);
  });
});
