import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/server/index.ts';
import { isLong } from '../support/is-long.ts';
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
afterEach(() => {
  if (noBrowser !== undefined) return;
  site.proxy.intercept = undefined;
  site.proxy.target = site.server.url;
});

const isSearch = ({ method, url = '' }: { readonly method?: string; readonly url?: string }): boolean =>
  method === 'POST' && url.endsWith('/v1/search');
const pipeline = (options: unknown): string => `&a=${encodeURIComponent(JSON.stringify(options))}`;

/** Why a state is not tried here. */
const RARER = 'a rarer state: npm run test:long tries it';

describe('what the page says', () => {
  it('counts down when the server is busy, and asks again', async () => {
    let refused = 0;
    site.proxy.intercept = (request, response) => {
      if (!isSearch(request) || refused > 1) return false;
      refused++;
      response.writeHead(429, { 'retry-after': '2', 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 'E_BUSY', message: 'this server has 64 requests to answer already.' } }));
      return true;
    };
    await using tab = await site.open('?q=dreams');
    await tab.page
      .locator('[data-status=refused]')
      .getByText('this server has 64 requests to answer already. Asked again in 2 s.')
      .waitFor();
    await tab.page.locator('[data-status=refused]').getByText('Asked again in 1 s.').waitFor();
    await tab.page.locator('[data-status=done]').waitFor();
    expect(refused).toBe(2);
  });

  it('says that the index is being made, asks until it is there, and counts that wait as no part of the search', async ({ skip }) => {
    skip(!isLong, RARER);
    let refused = 0;
    site.proxy.intercept = (request, response) => {
      if (!isSearch(request) || refused > 1) return false;
      refused++;
      response.writeHead(503, { 'retry-after': '2', 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 'E_INDEX_BUILDING', message: 'the index is being made; ask again.' } }));
      return true;
    };
    const began = performance.now();
    await using tab = await site.open('?q=dreams');
    await tab.page.locator('[data-status=refused]').getByText('The index is being made. The question is asked again in').waitFor();
    await tab.page.locator('[data-status=done]').waitFor();
    const told = await tab.page.locator('.ranking').innerText();
    const [, number = '', unit] = /first results\s+([\d.,]+) (ms|s)/.exec(told) ?? [];
    expect(Number(number) * (unit === 's' ? 1000 : 1), told).toBeLessThan(performance.now() - began - 1900);
  });

  it('repeats the sentence of an error, with its code, and tries again on demand', async () => {
    await using tab = await site.open(`?q=dreams${pipeline({ first_stage: 'dens' })}`);
    const status = tab.page.locator('[data-status=failed]');
    await status.getByText('E_USAGE').waitFor();
    expect(await status.innerText()).toContain('first_stage');
    const before = site.proxy.asked.length;
    await tab.page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => site.proxy.asked.slice(before)).toContain('POST /v1/search');
  });

  it('says that time was up, and how much was reranked', async () => {
    await using tab = await site.open(`?q=dreams${pipeline({ deadline_ms: 1 })}`);
    await tab.page
      .locator('.status.warned')
      .getByText(/Time was up after/)
      .waitFor();
    await tab.page
      .locator('.status.warned')
      .getByText(/nothing was reranked|of 25 were reranked/)
      .waitFor();
  });

  it('says that it waits, where nothing comes for a while', async ({ skip }) => {
    skip(!isLong, RARER);
    site.proxy.intercept = (request) => isSearch(request);
    await using tab = await site.open('?q=dreams');
    await tab.page.getByText(/Still waiting for the first results: \d.*It may be busy with others/).waitFor();
    site.proxy.intercept = (request, response) => {
      if (request.url?.endsWith('/ready') !== true) return isSearch(request);
      response.writeHead(503).end('{}');
      return true;
    };
    await tab.page.getByText(/The server is loading its models/).waitFor();
  });

  it('keeps what there is while the server is gone, and goes on with what was typed when it is back', async ({ skip }) => {
    skip(!isLong, RARER);
    await using tab = await site.open('?q=a+robot');
    const { page, errors } = tab;
    await page.locator('[data-status=done]').waitFor();
    site.proxy.target = undefined;
    site.proxy.cut();
    await page.getByRole('searchbox').fill('a robot left');
    await page.locator('[data-status=offline]').waitFor();
    expect(await page.locator('ol[data-side="1"] > li').count()).toBe(25);
    await page.getByRole('searchbox').fill('a robot left alone on earth');
    site.proxy.target = site.server.url;
    await page.locator('[data-status=done]').waitFor();
    expect(await page.locator('ol[data-side="1"]').innerText()).toContain('WALL-E');
    expect(errors).toEqual([]);
  });

  it('says that it loads, that no server answers, and goes on when it does', async ({ skip }) => {
    skip(!isLong, RARER);
    site.proxy.intercept = ({ url = '' }) => url.endsWith('/v1/indexes');
    await using tab = await site.open();
    const { page, errors } = tab;
    await page.getByText('Loading…').waitFor();
    site.proxy.intercept = undefined;
    site.proxy.target = undefined;
    site.proxy.cut();
    await page.getByText('The server does not answer.').first().waitFor();
    site.proxy.target = site.server.url;
    await page.getByText('Type what you are looking for.').waitFor();
    expect(errors).toEqual([]);
  });

  it('says what to do when a part of the page itself does not come', async ({ skip }) => {
    skip(!isLong, RARER);
    await using tab = await site.open();
    const { page } = tab;
    await page.route(/assets\/judge-[^/]*\.js/, (route) => route.abort());
    await page.getByRole('link', { name: 'Judge' }).click();
    await page.getByText('This part of the page could not be loaded. Reload the page to try again.').waitFor();
    await page.unroute(/assets\/judge-[^/]*\.js/);
    await page.reload();
    await page.getByText('Type a query that people ask.').waitFor();
  });

  it('names an index that is missing, and one that is empty', async ({ skip }) => {
    skip(!isLong, RARER);
    await fetch(`${site.server.url}/v1/indexes`, { method: 'POST', body: JSON.stringify({ name: 'void', fields: ['text'] }) });
    await using tab = await site.open('?index=void');
    await tab.page.getByText('The index void has no documents yet.').waitFor();
    await tab.page.goto(`${site.url}?index=gone`);
    await tab.page.getByText('There is no index "gone" here.').waitFor();
    for (const view of ['judge', 'tune']) {
      await tab.page.goto(`${site.url}?index=gone&view=${view}`);
      await tab.page.getByText('There is no index "gone" here.').waitFor();
    }
    await tab.page.goto(`${site.url}?index=gone`);
    await tab.page.getByRole('combobox', { name: 'Index' }).selectOption('films');
    await tab.page.getByText('Type what you are looking for.').waitFor();
    expect(new URL(tab.page.url()).searchParams.get('index')).toBe('films');
    await fetch(`${site.server.url}/v1/indexes/void`, { method: 'DELETE' });
  });

  it('says that an index is being filled, by whomever', async ({ skip }) => {
    skip(!isLong, RARER);
    const post = (path: string, body: string): Promise<Response> => fetch(`${site.server.url}${path}`, { method: 'POST', body });
    await post('/v1/indexes', JSON.stringify({ name: 'filled', fields: ['text'] }));
    await using tab = await site.open('?index=filled');
    await tab.page.getByText('The index filled has no documents yet.').waitFor();
    await post('/v1/indexes/filled/documents', '{"id": "1", "text": "bats"}\n');
    await tab.page.evaluate(() => dispatchEvent(new Event('online')));
    await tab.page.getByText('The index filled is being filled.').waitFor();
    await tab.page.getByText('1 document can be found already.').waitFor();
    await fetch(`${site.server.url}/v1/indexes/filled`, { method: 'DELETE' });
  });

  it('asks for the key once, keeps it for the tab alone, and says when it is wrong', async () => {
    const keyed = await serve({ port: 0, keys: 'a-key-of-enough-characters\n' });
    site.proxy.target = keyed.url;
    try {
      await using tab = await site.open();
      const { page } = tab;
      const key = page.getByLabel('Key', { exact: true });
      await key.fill('not the right key');
      await page.getByRole('button', { name: 'Use this key' }).click();
      await page.getByText('The server does not know that key.').waitFor();
      await key.fill('a-key-of-enough-characters');
      await key.press('Enter');
      await page.getByText('There is no index yet.').waitFor();
      await page.reload();
      await page.getByText('There is no index yet.').waitFor();
      expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, location.href.includes('a-key')])).toEqual([
        1,
        0,
        false,
      ]);
      await using other = await site.open();
      await other.page.getByText('This server wants a key').waitFor();
    } finally {
      await keyed.close(100);
    }
  });
});

describe('what strangers wrote', () => {
  it('is shown as text, in cards, explanations, filters and links, and nothing of it runs', async () => {
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

  it('is shown as text from the address too', async () => {
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
    // What could not be read of the link is named, and out of the way when one has seen it.
    const note = page.getByRole('region', { name: 'The link' });
    const named = await note.getByRole('listitem').allInnerTexts();
    expect(named.map((one) => one.split(' ')[0])).toEqual(['a', 'view']);
    expect(named.find((one) => one.startsWith('a'))).toBe('a (the pipeline) is not whole: "{"reranker":"; it was left out.');
    // Of the result that the link says is open, too.
    await page.keyboard.press('Escape');
    await note.getByRole('button', { name: 'Close' }).click();
    expect(await note.count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('query');
    expect(errors).toEqual([]);
  });
});
