import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { scenes, violations } from './accessible.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

/** Each scene once, in a scheme and at a width in turn; `accessible.long.test.ts` has all of them. */
const sample = scenes.map((scene, at) => ({
  ...scene,
  scheme: at % 2 === 0 ? ('light' as const) : ('dark' as const),
  width: at % 4 < 2 ? 1280 : 320,
}));

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
