import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { scenes, violations } from './accessible.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const schemes = ['light', 'dark'] as const;
/** 640 px with twice the pixels is 1280 px at 200 % zoom. */
const widths = [320, 640, 1280, 3840];
const all = scenes.flatMap((scene) => schemes.flatMap((scheme) => widths.map((width) => ({ ...scene, scheme, width }))));

it.each(all)('axe finds nothing wrong with "$name" in $scheme at $width px, nor is it wider than the screen', async ({
  address,
  prepare,
  scheme,
  width,
}) => {
  await using tab = await site.open(address, { colorScheme: scheme, viewport: { width, height: 900 } });
  await prepare(tab.page);
  expect(await violations(tab.page)).toEqual([]);
  expect(await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  // Nothing that the content security policy forbids, either.
  expect(tab.errors).toEqual([]);
});
