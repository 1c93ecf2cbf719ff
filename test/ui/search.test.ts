import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../ui/share/code.ts';
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
    for (const name of ['query to vector', 'candidates', 'cross-encoder'])
      expect(await page.getByRole('region', { name: 'Time of each stage' }).innerText()).toContain(name);
    // Whoever wishes for no motion sees none.
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((one) => {
          const { transitionDuration: times, animationName: name } = getComputedStyle(one);
          return name !== 'none' || times.split(',').some((time) => Number.parseFloat(time) > 0);
        })
        .map((one) => one.className),
    );
    expect(moving).toEqual([]);
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
    await dialog.locator('.met').waitFor();
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

const idsOf = async (body: unknown): Promise<readonly string[]> => {
  const answer = await fetch(`${site.server.url}/v1/search`, { method: 'POST', body: JSON.stringify(body) });
  return ((await answer.json()) as { readonly results: readonly { readonly id: string }[] }).results.map(({ id }) => id);
};

describe('comparing', () => {
  it('shows two pipelines on one question: what only one finds, what both do, a line for each, and how far they agree', async () => {
    await using tab = await site.open('?q=a+robot+left+alone');
    const { page, errors } = tab;
    await page.locator('[data-status=done]').waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('button', { name: /^B / }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('first stage').selectOption('bm25');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.locator('.agreement[data-done=true]').waitFor();
    const query = 'a robot left alone';
    const left = await idsOf({ query, top: 25 });
    const right = await idsOf({ query, top: 25, first_stage: 'bm25', reranker: null });
    const both = left.filter((id) => right.includes(id)).length;
    const facts = (await page.locator('.agreement').innerText()).replace(/\s+/g, ' ');
    expect(facts).toContain(`only A ${left.length - both} both ${both} only B ${right.length - both}`);
    expect(await page.locator('.lines path').count()).toBe(both);
    // As high as the lists, whichever of them came first.
    const heightOf = async (what: string): Promise<number> => (await page.locator(what).first().boundingBox())?.height ?? 0;
    expect(await heightOf('.lines')).toBeGreaterThanOrEqual(await heightOf('.columns.pipelines .cards'));
    expect(await page.locator('.move.only').count()).toBe(left.length + right.length - 2 * both);
    const address = new URL(page.url());
    expect(JSON.parse(address.searchParams.get('b') as string)).toEqual({ first_stage: 'bm25', reranker: null });
    await page.goBack();
    await page.goBack();
    await page.locator('.columns.stages').waitFor();
    await page.goForward();
    await page.locator('.columns.pipelines').waitFor();
    expect(errors).toEqual([]);
  });
});

describe('sharing', () => {
  it('copies the request as it is asked', async () => {
    await using tab = await site.open(`?q=it%27s+%24HOME+%60x%60&where=${encodeURIComponent('{"year":{"from":2000}}')}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = tab;
    await page.locator('[data-status=done]').waitFor();
    await page.locator('body').press('x');
    const copied = async (name: string): Promise<string> => {
      await page.getByRole('button', { name: `Copy ${name}` }).click();
      await page
        .getByRole('button', { name: `Copy ${name}` })
        .getByText('Copied')
        .waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('the link')).toBe(page.url());
    const body = {
      index: 'films',
      query: "it's $HOME `x`",
      candidates: 25,
      top: 25,
      filter: { fields: { year: { gte: 2000 } } },
      snippets: true,
    };
    const [curl] = codeOf(`${site.url}v1/search`, body, false);
    expect(await copied('curl')).toBe(curl?.text);
  });

  it('runs in each language and finds what the page finds, whatever the query holds', async () => {
    const body = {
      index: 'films',
      query: 'it\'s "$HOME" `x` \\ 😀 \u2028 a robot\n',
      candidates: 5,
      top: 3,
      reranker: null,
      filter: { fields: { year: { gte: 2000 } } },
      stages: true,
    };
    const expected = await idsOf(body);
    const [curl, typescript, python] = codeOf(`${site.server.url}/v1/search`, body, false);
    const isThere = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
    const answers = await Promise.all([
      run(process.execPath, ['--input-type=module', '-e', typescript?.text ?? '']),
      ...(isThere('curl') ? [run('sh', ['-c', `${curl?.text}`])] : []),
      ...(isThere('python3') ? [run('python3', ['-c', python?.text ?? ''])] : []),
    ]);
    for (const answer of answers) for (const id of expected) expect(answer).toContain(id);
    const [, , keyed] = codeOf(`${site.server.url}/v1/search`, body, true);
    expect(keyed?.text).toContain('FINETOOTH_API_KEY');
  });
});

/** In a process, while this one answers. */
function run(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, words, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error }))));
  });
}

it('shows the passage that gave the score inside of a long document, its words met, and the text before the models have read it again', async () => {
  const quiet = 'The harbour was quiet that morning and nobody spoke of the storm. '.repeat(50);
  const text = `${quiet}At last the white whale rose and broke the ship in two. ${quiet}`;
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${site.server.url}/v1/indexes${path}`, { method: 'POST', body: JSON.stringify(body) });
  await post('', { name: 'long', fields: ['title', 'text'] });
  expect((await post('/long/documents', { id: 'book/1', title: 'A book', text })).status).toBe(200);
  await using tab = await site.open();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await tab.page.route('**/v1/search', async (route) => {
    if (route.request().postData()?.includes('"explain":true') === true) await held;
    await route.continue();
  });
  await tab.page.goto(`${site.url}?index=long&q=a+white+whale+sinks+a+ship&open=book/1`);
  const dialog = tab.page.getByRole('dialog');
  await dialog.getByText('The models read it again').waitFor();
  expect(await dialog.locator('.heated').textContent()).toBe(`A book ${text}`);
  release();
  await dialog.locator('.met').waitFor();
  const passage = (await dialog.locator('.passage').textContent()) as string;
  expect(passage.length).toBeLessThan(text.length);
  expect(passage).toContain('the white whale rose');
  const hottest = dialog.locator(':is(.heat-4, .heat-5)');
  expect(await hottest.allInnerTexts()).toEqual(expect.arrayContaining(['whale', 'ship']));
  // Scrolled to the passage.
  expect(await dialog.locator('.heated').evaluate((box) => box.scrollTop)).toBeGreaterThan(0);
  expect(tab.errors).toEqual([]);
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
