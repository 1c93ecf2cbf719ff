import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { type ServeOptions, type Server, serve } from '../../src/server/index.ts';
import { withLock } from '../../src/time/file-lock.ts';
import { finetooth } from '../finetooth.ts';
import { kept } from '../support/kept.ts';
import { type PageProxy, pageProxy } from '../support/page-proxy.ts';

const root = join(import.meta.dirname, '..', '..');
const places = [process.env.FINETOOTH_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Why no page can be opened here; undefined where one can. Give it to `skip`. */
export const noBrowser =
  executablePath === undefined ? 'no Chromium is installed: apt-get install chromium, or name one in FINETOOTH_CHROMIUM' : undefined;

export interface Site extends AsyncDisposable {
  readonly server: Server;
  /** Of the page: behind a proxy, under a prefix. */
  readonly url: string;
  readonly proxy: PageProxy;
  /** A new tab with storage of its own. Whatever it logs as an error, or throws, is in `errors`. */
  open(address?: string, options?: BrowserContextOptions): Promise<Tab>;
}

export interface Tab extends AsyncDisposable {
  readonly page: Page;
  readonly errors: string[];
}

/** One server over the films and one browser, for all tests of a file. */
export async function openSite(options: ServeOptions = {}): Promise<Site> {
  await buildPage();
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-test-ui-'));
  await cp(await filmsIndex(), join(folder, 'films'), { recursive: true });
  const indexesFolder = join(folder, 'made');
  await mkdir(indexesFolder);
  const server = await serve({ port: 0, indexes: [join(folder, 'films')], indexesFolder, ...options });
  const proxy = await pageProxy(server.url, '/some/prefix');
  const browser: Browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
  return {
    server,
    proxy,
    url: proxy.url,
    open: async (address = '', more = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...more });
      // A busy machine takes its time: how fast something is, no test says.
      context.setDefaultTimeout(120_000);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        // The browser's own line of an answer that is not 2xx: the page tells those.
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
      });
      await page.goto(proxy.url + address);
      return { page, errors, [Symbol.asyncDispose]: () => context.close() };
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await proxy.close();
      await server.close(1000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Builds `dist/ui` where its sources are newer. */
export const buildPage = (): Promise<void> =>
  withLock(kept(`finetooth-test-ui-build-${hashOf([root])}`), undefined, async () => {
    const made = join(root, 'dist', 'ui', 'index.html');
    const newest = Math.max(...filesIn(join(root, 'ui')).map((file) => statSync(file).mtimeMs));
    if (existsSync(made) && statSync(made).mtimeMs > newest) return;
    await build({ configFile: join(root, 'ui', 'vite.config.ts'), logLevel: 'warn' });
  });

/**
 * The bundled films as an index, which nobody may write to. Embedding them takes half a minute, so the index stays for the next test file and the next
 * run, until something changes of which it is made.
 */
export async function filmsIndex(): Promise<string> {
  const corpus = join(root, 'samples', 'films', 'corpus.jsonl');
  const parts = ['store', 'embed', 'model', 'search', 'text', 'math', 'read'].flatMap((part) => filesIn(join(root, 'src', part)));
  const hash = hashOf([corpus, ...parts].map((file) => readFileSync(file, 'utf8')));
  const index = kept(`finetooth-test-films-${process.getuid?.() ?? 'user'}-${hash}`);
  return withLock(index, undefined, async () => {
    if (existsSync(index)) return index;
    const making = await mkdtemp(`${index}-`);
    const { status, stderr } = await finetooth(['index', corpus, '--into', join(making, 'films')]);
    if (status !== 0) throw new Error(stderr);
    await rename(join(making, 'films'), index);
    await rm(making, { recursive: true });
    return index;
  });
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('hex').slice(0, 16);
}
