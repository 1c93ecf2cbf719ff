/** The documentation site, built as it is published: every public name has a page, headings that are linked exist, words are spelt right. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const site = join(root, 'site');
const run = (words: readonly string[], cwd = site) => promisify(execFile)(words[0] as string, words.slice(1), { cwd, maxBuffer: 1e8 });

describe('the documentation site', () => {
  let missing: string | undefined;
  beforeAll(async () => {
    missing = await run(['npm', 'ci', '--no-audit', '--no-fund']).then(
      () => undefined,
      (error: { readonly stderr: string }) => `what builds the site cannot be installed here: ${error.stderr.split('\n')[0]}`,
    );
    if (missing === undefined) await run([process.execPath, 'build.ts']);
  }, 900_000);

  it('is built, and each link of it leads to a page and a heading of it', (context) => {
    if (missing !== undefined) context.skip(missing);
    const pages = new Map(
      globSync('**/*.html', { cwd: join(site, 'dist') }).map((name) => [name, readFileSync(join(site, 'dist', name), 'utf8')]),
    );
    expect(pages.size).toBeGreaterThan(60);
    const wrong: string[] = [];
    for (const [name, html] of pages)
      for (const [, link = ''] of html.matchAll(/<a [^>]*href="(\/[^"]*)"/g)) {
        const [path = '', anchor] = decodeURIComponent(link).split('#');
        const file = path.endsWith('/') ? `${path.slice(1)}index.html` : `${path.slice(1)}.html`;
        const target = pages.get(file);
        if (target === undefined && statSync(join(site, 'dist', path), { throwIfNoEntry: false })?.isFile()) continue;
        if (target === undefined || (anchor !== undefined && !target.includes(`id="${anchor}"`))) wrong.push(`${name}: ${link}`);
      }
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('has an example on the page of every public name, or says in which ones a type is used', (context) => {
    if (missing !== undefined) context.skip(missing);
    const folder = join(site, 'content', 'api');
    const pages = globSync('**/*.md', { cwd: folder }).filter((name) => !name.endsWith('index.md'));
    expect(pages.length).toBeGreaterThan(300);
    const without = pages.filter(
      (name) => !/^#{2,3} Example$|^\*\*In the examples of\*\* /m.test(readFileSync(join(folder, name), 'utf8')),
    );
    expect(without).toEqual([]);
  });

  it('loads nothing from another host', (context) => {
    if (missing !== undefined) context.skip(missing);
    const loaded = globSync('*.html', { cwd: join(site, 'dist') }).flatMap((name) => [
      ...readFileSync(join(site, 'dist', name), 'utf8').matchAll(/<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"/g),
    ]);
    expect(loaded.map(([, url]) => url)).toEqual([]);
  });

  it('has no word that no dictionary has', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const files = [
      '../README.md',
      '../docs/*.md',
      '../SECURITY.md',
      '../CONTRIBUTING.md',
      '../CHANGELOG.md',
      '../decisions/*.md',
      'home.md',
    ];
    const checked = await run([
      process.execPath,
      'node_modules/cspell/bin.mjs',
      '--no-progress',
      '--no-summary',
      '--config',
      'cspell.json',
      ...files,
    ]).catch((error: { readonly stdout: string }) => error);
    expect(checked.stdout).toBe('');
  });
});
