import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { mergeJudgments, readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { serverProcess } from '../server/server-process.ts';
import { filmsIndex, noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  site = await openSite();
  folder = await mkdtemp(join(tmpdir(), 'finetooth-test-killed-'));
  await cp(await filmsIndex(), join(folder, 'films'), { recursive: true });
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await site?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const start = async (): Promise<void> => {
  const started = await serverProcess(['--in', join(folder, 'films'), '--log-level', 'error']);
  child = started.child;
  site.proxy.target = started.url;
};
const kill = async (): Promise<void> => {
  child?.kill('SIGKILL');
  if (child !== undefined) await once(child, 'exit');
};

it('goes on with what was typed, whenever the server is killed and started again in the middle of it', async () => {
  await start();
  await using tab = await site.open();
  const { page, errors } = tab;
  const box = page.getByRole('searchbox');
  await page.getByRole('option', { name: 'films (350)' }).waitFor({ state: 'attached' });
  // After so many milliseconds: before the first results, between both stages, and while the answer is described.
  for (const wait of [0, 40, 150, 400, 900]) {
    await box.fill('');
    await box.pressSequentially('a robot left ', { delay: 20 });
    await page.waitForTimeout(wait);
    await kill();
    await box.pressSequentially('alone on ', { delay: 20 });
    await page.locator('[data-status=offline]').waitFor();
    await start();
    await box.pressSequentially('earth', { delay: 20 });
    await page.locator('[data-status=done]').waitFor();
    expect(await page.locator('ol[data-side="1"] > li').count()).toBe(25);
    expect(await page.locator('ol[data-side="1"]').innerText()).toContain('WALL-E');
    expect(new URL(page.url()).searchParams.get('q')).toBe('a robot left alone on earth');
  }
  expect(errors).toEqual([]);
});

it('loses no grade when the server is killed between two people who judge otherwise, and shows both', async () => {
  await start();
  const query = 'a robot left alone on earth';
  const judged = join(folder, 'films-judgments');
  await using tab = await site.open(`?view=judge&q=${query.replaceAll(' ', '+')}`);
  const { page, errors } = tab;
  const cards = page.locator('.judge-cards > li[data-id]');
  await cards.first().waitFor();
  const [safe = '', torn = ''] = await cards.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id as string));
  const card = (id: string) => page.locator(`li[data-id="${id}"]`);
  await card(safe).locator('.grade-2').click();
  await page.locator('[data-saving=saved]').waitFor();
  await kill();
  await card(torn).locator('.grade-1').click();
  await page.locator('[data-saving=waiting]').waitFor();
  // Someone at another server, which keeps its judgments in the same place.
  await mergeJudgments(judged, [
    { query, id: torn, grade: 3 },
    { query, id: safe, grade: 0 },
  ]);
  await start();
  await page.locator('[data-saving=saved]').waitFor({ timeout: 60_000 });
  await card(torn).locator('.conflict').getByText('Someone else gave 3, exactly; you gave 1, a little.').waitFor();
  await card(safe).locator('.conflict').getByText('Someone else gave 0, not; you gave 2, mostly.').waitFor();
  expect(await page.locator('.save-state').innerText()).toContain('Someone else graded 2 documents otherwise');
  await card(safe).getByRole('button', { name: 'Make it 2' }).click();
  await card(torn).getByRole('button', { name: 'Keep 3' }).click();
  await expect.poll(() => page.locator('.conflict').count()).toBe(0);
  await page.locator('[data-saving=saved]').waitFor();
  const { judgments } = await readJudgmentsIn(judged);
  expect(new Map([...judgments.values()][0])).toEqual(
    new Map([
      [torn, 3],
      [safe, 2],
    ]),
  );
  expect(errors).toEqual([]);
});
