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
      await page.getByText('Copied', { exact: true }).waitFor();
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
