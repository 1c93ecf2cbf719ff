import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noBrowser, openSite, type Site } from './browser.ts';

let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

const left = 'ol[data-side="0"] > li';
const right = 'ol[data-side="1"] > li';

describe('searching', () => {
  it('shows the first stage, then the order of the reranker with a line for each document, and cancels what was typed before', async () => {
    await using tab = await site.open();
    const { page, errors } = tab;
    await page.getByRole('option', { name: 'films (350)' }).waitFor({ state: 'attached' });
    await page.getByRole('searchbox').pressSequentially('a robot left alone on earth', { delay: 15 });
    await page.locator('[data-status=done]').waitFor();
    const ids = async (items: string): Promise<string[]> =>
      page.locator(items).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id as string));
    const answer = await ask({ query: 'a robot left alone on earth', top: 25, candidates: 25 });
    expect(await ids(right)).toEqual(answer.results.map(({ id }) => id));
    expect(await ids(left)).toEqual(answer.candidates.map(({ id }) => id));
    expect(await page.locator('.lines path').count()).toBe(25);
    const moved = answer.results.findIndex(({ first_stage_rank: from }, i) => from > i + 1);
    const by = (answer.results[moved]?.first_stage_rank ?? 0) - moved - 1;
    await expect.poll(() => page.locator(right).nth(moved).innerText()).toContain(`▲ ${by}`);
    expect(await page.locator(right).first().innerText()).toMatch(/(High|Likely|Unlikely)\s+(<1|\d+) %/);
    expect(await page.locator(right).first().locator('mark').count()).toBeGreaterThan(0);
    for (const name of ['query to vector', 'find candidates', 'cross-encoder'])
      expect(await page.getByRole('region', { name: 'Time of each stage' }).innerText()).toContain(name);
    expect(errors).toEqual([]);
  });

  it('narrows by facets and by ranges, keeps that in the address, and goes back', async () => {
    await using tab = await site.open('?q=dreams');
    const { page } = tab;
    await page.getByRole('checkbox', { name: 'Christopher Nolan' }).check();
    await expect.poll(() => page.locator(right).count()).toBe(6);
    await page.getByRole('spinbutton', { name: 'year from' }).fill('2010');
    await page.getByRole('spinbutton', { name: 'year from' }).blur();
    await expect.poll(() => page.locator(right).count()).toBe(3);
    expect(JSON.parse(new URL(page.url()).searchParams.get('where') as string)).toEqual({
      director: { any: ['Christopher Nolan'] },
      year: { from: 2010 },
    });
    await page.reload();
    await expect.poll(() => page.locator(right).count()).toBe(3);
    expect(await page.getByRole('checkbox', { name: 'Christopher Nolan' }).isChecked()).toBe(true);
    await page.goBack();
    await expect.poll(() => page.locator(right).count()).toBe(6);
  });

  it('says why: words, stages, fields and the text', async () => {
    await using tab = await site.open('?q=a+robot+left+alone+on+earth');
    const { page, errors } = tab;
    await page.locator('[data-status=done]').waitFor();
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    const second = await page.locator(right).nth(1).getAttribute('data-id');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).searchParams.get('open')).toBe(second);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Which words met').waitFor();
    // Words, not pieces of words.
    expect(await dialog.locator('.met').innerText()).not.toContain('##');
    const { stored, explained } = await reasons(second as string, 1);
    expect(await dialog.locator('.heated').textContent()).toBe(stored.text);
    expect(await dialog.locator('[class^=heat-]').count()).toBeGreaterThan(1);
    for (const { field } of explained.fields) expect(await dialog.locator('.shares').innerText()).toContain(field);
    expect(await dialog.locator('.scores tbody tr').count()).toBe(4);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('li')?.dataset.id)).toBe(second);
    expect(errors).toEqual([]);
  });
});

interface Asked {
  readonly results: readonly {
    readonly id: string;
    readonly first_stage_rank: number;
    readonly explanation: { readonly fields: readonly { readonly field: string }[] };
  }[];
  readonly candidates: readonly { readonly id: string }[];
}

const ask = async (body: unknown): Promise<Asked> =>
  (await (await fetch(`${site.server.url}/v1/search`, { method: 'POST', body: JSON.stringify(body) })).json()) as Asked;

const reasons = async (id: string, offset: number) => ({
  stored: (await (await fetch(`${site.server.url}/v1/indexes/films/documents/${id}`)).json()) as { readonly text: string },
  explained: ((await ask({ query: 'a robot left alone on earth', offset, top: 1, explain: true })).results[0] as Asked['results'][number])
    .explanation,
});
