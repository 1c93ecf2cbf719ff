/** OpenAI's client in a page of another origin: where that is allowed it embeds and reranks, and reads what the server says beside the answer; where it is not, the browser keeps it out. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../../src/server/listen.ts';
import { startServer, type TestServer } from '../servers/http.ts';
import { install } from './install.ts';

const here = import.meta.dirname;
const chromium = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
const missing = chromium === undefined ? 'there is no Chromium on this machine (Debian: chromium)' : await install();

/** The part of playwright-core that is used; its types are installed with it, in a folder of its own. */
interface Browser {
  newPage(): Promise<{ goto(url: string): Promise<unknown>; evaluate(work: string): Promise<unknown>; close(): Promise<void> }>;
  close(): Promise<void>;
}

/** A page, and the client's own files as npm has them, which need no bundler. */
const startPage = (): Promise<TestServer> =>
  startServer((_, response, path) => {
    const file = normalize(path.split('?')[0] as string);
    if (!file.startsWith('/openai/')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>page</title>');
      return;
    }
    readFile(join(here, 'node_modules', file)).then(
      (text) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(text),
      () => response.writeHead(404).end(),
    );
  });

/** Run in the page. */
const work = (url: string): string => `(async () => {
  const { OpenAI } = await import('/openai/index.mjs');
  const client = new OpenAI({ apiKey: 'none', baseURL: ${JSON.stringify(`${url}/v1`)}, dangerouslyAllowBrowser: true, maxRetries: 0 });
  const said = async (ask) => {
    try { return await ask(); } catch (error) { return error.constructor.name; }
  };
  return {
    embedded: await said(async () => (await client.embeddings.create({ model: 'text-embedding-3-small', input: ['bats', 'wheat'] })).data.map(({ embedding }) => embedding.length)),
    reranked: await said(async () => (await client.post('/rerank', { body: { query: 'how do bats hunt', documents: ['wheat', 'bats hunt by echo'] } })).results.map(({ index }) => index)),
    ignored: await said(async () => {
      const { response } = await client.post('/rerank', { body: { query: 'a', documents: ['b'], unheard_of: 1 } }).withResponse();
      return response.headers.get('x-finetooth-ignored');
    }),
  };
})()`;

describe.skipIf(missing !== undefined)(missing ?? 'OpenAI’s client in a page', () => {
  let [browser, friend, stranger, server]: [Browser?, TestServer?, TestServer?, Server?] = [];
  beforeAll(async () => {
    const from = join(here, 'node_modules', 'playwright-core', 'index.mjs');
    const { chromium: chrome } = (await import(/* @vite-ignore */ pathToFileURL(from).href)) as {
      chromium: { launch(options: object): Promise<Browser> };
    };
    [friend, stranger] = await Promise.all([startPage(), startPage()]);
    server = await serve({ port: 0, version: '0.0.0', origins: [`${friend.url.toUpperCase()}/`] });
    // In containers there is no room for its sandbox; the pages are ours.
    browser = await chrome.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([friend?.close(), stranger?.close(), server?.close()]);
  });

  const asked = async (page: TestServer | undefined): Promise<unknown> => {
    const opened = await (browser as Browser).newPage();
    await opened.goto(`${page?.url}/`);
    const said = await opened.evaluate(work((server as Server).url));
    await opened.close();
    return said;
  };

  it('embeds and reranks on an origin that is allowed', async () => {
    expect(await asked(friend)).toEqual({ embedded: [384, 384], reranked: [1, 0], ignored: 'unheard_of' });
  }, 60_000);

  it('cannot on another', async () => {
    expect(await asked(stranger)).toEqual({
      embedded: 'APIConnectionError',
      reranked: 'APIConnectionError',
      ignored: 'APIConnectionError',
    });
  }, 60_000);
});
