import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));
afterEach(() => {
  if (noBrowser === undefined) site.proxy.intercept = undefined;
});

/** What has the focus: its words, or its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const one = document.activeElement;
    return one === null || one === document.body ? 'nothing' : (one.textContent || one.getAttribute('aria-label') || one.id).trim();
  });
/** Two frames later: with the next one a browser takes the focus from what was disabled. */
const isFocused = async (page: Page): Promise<void> => {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await expect.poll(() => focused(page)).not.toBe('nothing');
};

it('is never lost by keyboard, whatever a press makes vanish', async () => {
  const search = ({ method, url = '' }: { readonly method?: string; readonly url?: string }): boolean =>
    method === 'POST' && url.endsWith('/v1/search');
  site.proxy.intercept = (request, response) => {
    if (!search(request)) return false;
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: 'E_BUG', message: 'a try.' } }));
    return true;
  };
  await using tab = await site.open(`?q=dreams&where=${encodeURIComponent('{"year":{"from":1990}}')}`);
  const { page, errors } = tab;
  await page.getByRole('button', { name: 'Try again' }).focus();
  site.proxy.intercept = undefined;
  await page.keyboard.press('Enter');
  await page.locator('[data-status=done]').waitFor();
  await isFocused(page);
  // A button that can be pressed once.
  await page.getByRole('button', { name: 'Clear all' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('button', { name: 'Clear all' }).isDisabled()).toBe(true);
  await isFocused(page);
  // Comparing, all of it by keys: the second pipeline, an option of it, back to the defaults, and no longer.
  await page.keyboard.press('c');
  await page.locator('.columns.pipelines').waitFor();
  await page.getByRole('button', { name: /^B / }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Pipeline B' });
  await dialog.getByLabel('candidates').fill('5');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Back to the defaults' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog.getByRole('button', { name: 'Back to the defaults' }).isDisabled()).toBe(true);
  await expect.poll(() => focused(page)).toBe('Done');
  await page.keyboard.press('Enter');
  await expect.poll(() => focused(page)).toMatch(/^B /);
  await page.getByRole('button', { name: 'Stop comparing' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.columns.stages').waitFor();
  await isFocused(page);
  // The last of the results has none behind it.
  await page.goto(`${site.url}?q=dreams&a=${encodeURIComponent('{"candidates":2,"reranker":null}')}`);
  await page.locator('[data-status=done]').waitFor();
  await page.locator('ol[data-side="1"] .card-open').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Place 2 →' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('button', { name: '← Place 1' }).isEnabled()).toBe(true);
  await isFocused(page);
  await page.keyboard.press('Escape');
  await isFocused(page);
  expect(errors).toEqual([]);
});
