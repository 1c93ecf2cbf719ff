import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
const long = 'Zwischen'.repeat(40);
const documents = [
  {
    id: 'script',
    title: '<script>globalThis.hurt = 1</script> whale',
    text: 'whale <script>globalThis.hurt = 1</script> <b>bold</b> &amp; whale',
  },
  {
    id: 'image',
    title: 'whale <img src=x onerror="globalThis.hurt = 1">',
    text: '<img src=x onerror="globalThis.hurt = 1"> whale <svg onload=globalThis.hurt=1>',
  },
  { id: 'bidi', title: 'whale \u202egnorw daer\u202c \u2066isolated', text: 'whale \u202e txet desrever \u202b and no end of it' },
  {
    id: 'javascript:globalThis.hurt=1',
    title: 'javascript:globalThis.hurt=1 whale',
    text: '{{constructor.constructor("globalThis.hurt=1")()}} whale',
  },
  { id: '../../../v1/indexes?a=b#c', title: 'An id that looks like a path: whale', text: 'whale' },
  { id: 'rtl', title: 'الحوت الأبيض whale', text: 'رواية عن صيد حوت whale في المحيط' },
  { id: 'cjk', title: '白鯨 whale', text: '白い鯨を追う船長の物語。whale' },
  { id: 'long', title: `${long} whale`, text: `${long} whale ${long}` },
  {
    id: 'book',
    title: 'A long book',
    text: `${'Nothing happens on this page of the book. '.repeat(2400)} The whale sinks the ship at last.`,
  },
];

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  site = await openSite();
  const post = (path: string, body: string): Promise<Response> => fetch(site.server.url + path, { method: 'POST', body });
  await post('/v1/indexes', JSON.stringify({ name: 'hostile', fields: ['title', 'text'], id_field: 'id', passages: 'off' }));
  const stored = await post('/v1/indexes/hostile/documents', documents.map((one) => JSON.stringify(one)).join('\n'));
  expect(stored.status).toBe(200);
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

it('shows what strangers wrote as text, in cards, explanations, filters and links, and nothing of it runs', async () => {
  await using tab = await site.open('?index=hostile&q=whale', { viewport: { width: 320, height: 700 } });
  const { page, errors } = tab;
  await page.locator('[data-status=done]').waitFor();
  const cards = page.locator('ol[data-side="1"] > li');
  expect(await cards.count()).toBe(documents.length);
  for (const { id, title } of documents) {
    const card = page.locator(`ol[data-side="1"] > li[data-id="${id.replaceAll('"', '\\"')}"]`);
    expect(await card.locator('.card-open').textContent()).toBe(title.slice(0, 300));
    await card.locator('.card-open').click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.heated').waitFor();
    expect((await dialog.locator('.heated').textContent())?.length).toBeGreaterThan(4);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }
  expect(await page.evaluate(() => (globalThis as { hurt?: unknown }).hurt)).toBeUndefined();
  expect(await page.locator('#page script, #page img, #page b:not(.compared b)').count()).toBe(0);
  // Nothing is wider than the screen.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(errors).toEqual([]);
});

it('takes the same from the address', async () => {
  const bad = '<img src=x onerror=globalThis.hurt=1>';
  const words = new URLSearchParams({
    index: 'hostile',
    q: bad,
    where: JSON.stringify({ __proto__: { any: [bad] }, constructor: { any: [1] } }),
    a: '{"reranker":',
    b: JSON.stringify({ first_stage: bad }),
    open: bad,
    view: bad,
  });
  await using tab = await site.open(`?${words}`);
  const { page, errors } = tab;
  await page.locator('[data-status=failed]').first().waitFor();
  expect(await page.evaluate(() => (globalThis as { hurt?: unknown }).hurt)).toBeUndefined();
  expect(await page.locator('#page img').count()).toBe(0);
  expect(errors).toEqual([]);
});
