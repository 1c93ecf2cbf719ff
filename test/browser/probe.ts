/** A page that has everything that finetooth/browser exports, in a browser of its own. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestServer } from '../servers/http.ts';
import { chromiumPath } from '../support/chromium.ts';
import { type BuiltPage, servePage } from './built-page.ts';

export interface Probe {
  readonly server: TestServer;
  readonly context: BrowserContext;
  /** What `reranker` and `embedder` in the page, which stay open, are asked; code and message of an error. */
  inPage(work: string): Promise<unknown>;
  /** Sends tokenizers with a byte that is not theirs. */
  damage(isOn: boolean): void;
  close(): Promise<void>;
}

export async function openProbe({ folder }: BuiltPage): Promise<Probe> {
  let damaged = false;
  const server = await servePage(folder, (path) => damaged && path.endsWith('tokenizer.json'));
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
  const context = await browser.newContext();
  const page: Page = await context.newPage();
  await page.goto(`${server.url}/test/browser/probe.html`);
  const inPage = (work: string): Promise<unknown> =>
    page.evaluate(`(async () => { ${work} })().catch(({ code, message }) => ({ code, message }))`);
  await inPage(`
    globalThis.reranker = finetooth.createBrowserReranker({ model: '/models/ms-marco-minilm-l-12-v2' });
    globalThis.embedder = finetooth.createBrowserEmbedder({ model: new URL('/models/bge-small-en-v1.5/', location.href) });
    await Promise.all([reranker.ready, embedder.ready]);`);
  return {
    ...{ server, context, inPage },
    damage: (isOn) => {
      damaged = isOn;
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
