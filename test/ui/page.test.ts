import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

it('opens under a prefix, with its views and its indexes, and asks no other host', async () => {
  await using tab = await site.open();
  const { page, errors } = tab;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).host));
  await page.getByRole('searchbox', { name: 'Query' }).waitFor();
  await page.getByRole('option', { name: 'films (350)' }).waitFor({ state: 'attached' });
  for (const [name, view] of [
    ['Judge', 'judge'],
    ['Tune', 'tune'],
    ['Search', 'search'],
  ] as const) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.locator(`main[data-view=${view}]`).waitFor();
    expect(new URL(page.url()).searchParams.get('view')).toBe(view === 'search' ? null : view);
  }
  await page.goBack();
  await page.locator('main[data-view=tune]').waitFor();
  expect([...new Set(asked)]).toEqual([new URL(site.url).host]);
  expect(errors).toEqual([]);
});
