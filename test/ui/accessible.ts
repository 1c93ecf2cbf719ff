import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong by WCAG 2.2 A and AA and its best practices, as `rule: element`. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(options: unknown): Promise<{
          readonly violations: readonly {
            readonly id: string;
            readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary ?? ''}`),
    );
  });
  return found;
}

/** What is to be seen of the page: the address, and what is done there before it is looked at. */
export interface Scene {
  readonly name: string;
  readonly address: string;
  readonly prepare: (page: Page) => Promise<unknown>;
}

const done = (page: Page): Promise<unknown> => page.locator('[data-status=done]').first().waitFor();
const query = '?q=a+robot+left+alone+on+earth';

/** Every view and every dialog of the page. */
export const scenes: readonly Scene[] = [
  { name: 'start', address: '', prepare: (page) => page.getByText('Type what you are looking for.').waitFor() },
  { name: 'search', address: query, prepare: done },
  { name: 'why', address: `${query}&open=wall-e-2008`, prepare: (page) => page.locator('.met').waitFor() },
  {
    name: 'upload',
    address: '',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Add files' }).first().click();
      await page.getByRole('dialog', { name: 'Add files' }).locator('input[type=file]').first().waitFor({ state: 'attached' });
    },
  },
  {
    name: 'looked at',
    address: '',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Add files' }).first().click();
      const file = page.getByRole('dialog', { name: 'Add files' }).locator('input[type=file]').first();
      await file.setInputFiles({
        name: 'birds.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('id,title,year\n1,Owls at night,1999\n2,Swans,2001\n'),
      });
      await page.getByLabel('Name of the index').waitFor();
    },
  },
  {
    name: 'compare',
    address: `${query}&b=${encodeURIComponent('{"first_stage":"bm25","reranker":null}')}`,
    prepare: async (page) => {
      await page.locator('[data-status=done]').nth(1).waitFor();
      await page.locator('.agreement[data-done=true]').waitFor();
    },
  },
  {
    name: 'pipeline',
    address: `${query}&a=${encodeURIComponent('{"first_stage":"hybrid"}')}`,
    prepare: async (page) => {
      await page.getByRole('button', { name: /^Pipeline/ }).click();
      await page.getByLabel('rrf k').or(page.getByLabel('linear weight')).first().waitFor();
    },
  },
  {
    name: 'share',
    address: query,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('heading', { name: 'Python' }).waitFor();
    },
  },
  {
    name: 'keys',
    address: '',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Keys' }).click();
      await page.getByText('show these keys').waitFor();
    },
  },
  { name: 'judge', address: `${query}&view=judge`, prepare: (page) => page.locator('.judge-cards > li[data-id]').first().waitFor() },
  {
    name: 'tune',
    address: '?view=tune',
    prepare: (page) =>
      page
        .getByText(/judged (quer|films yet)/)
        .first()
        .waitFor(),
  },
  {
    name: 'judge',
    address: '?view=judge&q=a+robot+left+alone+on+earth',
    prepare: async (page) => {
      await page.locator('.judge-cards > li[data-id]').first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('2');
      await page.locator('.figures svg[role=img]').first().waitFor();
    },
  },
  {
    name: 'document to judge',
    address: '?view=judge&q=a+robot+left+alone+on+earth&blind=7',
    prepare: async (page) => {
      await page.locator('.judge-cards .card-open').first().click();
      await page.getByRole('dialog').getByText('overview').waitFor();
    },
  },
  {
    name: 'tune',
    address: '?view=tune',
    prepare: async (page) => {
      await page.evaluate(async () => {
        const judgments = [{ query: 'robots', id: 'wall-e-2008', grade: 3 }];
        await fetch('v1/indexes/films/judgments', { method: 'PATCH', body: JSON.stringify({ judgments }) });
      });
      await page.reload();
      await page.getByText(/judged quer(y|ies) of/).waitFor();
      for (const name of ['hybrid', 'dense, reranked', 'hybrid, reranked'])
        await page.getByRole('checkbox', { name, exact: true }).uncheck();
      await page.keyboard.press('e');
      await page.locator('.report .plot svg[role=img]').first().waitFor();
    },
  },
  {
    name: 'failed',
    address: `?q=x&a=${encodeURIComponent('{"candidates":-1}')}`,
    prepare: (page) => page.locator('[data-status=failed]').waitFor(),
  },
];
