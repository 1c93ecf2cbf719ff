/** The documentation site's pages: all that there are, each once, and no link that leads to nothing. The site itself is built by site.long.test.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageOf, rewriteLinks } from '../site/links.ts';
import { sections } from '../site/sections.ts';

const root = join(import.meta.dirname, '..');
const pages = sections.flatMap((section) => section.pages);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

it('holds every page of docs/ once', () => {
  const there = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  expect(pages.filter((file) => file.startsWith('docs/')).sort()).toEqual(there.map((name) => `docs/${name}`).sort());
  expect(new Set(pages.map(pageOf)).size).toBe(pages.length);
});

it('has no link to a page, a heading or a file that is not there', () => {
  const wrong: string[] = [];
  for (const file of pages) {
    const { text } = rewriteLinks(file, read(file), {
      holds: (linked) => pages.includes(linked),
      exists: (linked) => existsSync(join(root, linked)),
    });
    for (const [, page = '', anchor = ''] of withoutCode(text).matchAll(/\]\(\/?([^)#:]*)#([^)]+)\)/g)) {
      const target = pages.find((one) => pageOf(one) === (page === '' ? pageOf(file) : page));
      if (target === undefined || !anchorsOf(read(target)).has(anchor)) wrong.push(`${file}: ${page}#${anchor}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('names a file that it does not hold without a link, keeps code as it is, and refuses a link to nothing', () => {
  const there = { holds: (file: string) => file === 'docs/b.md', exists: (file: string) => !file.includes('gone') };
  const text = '[b](b.md#x), [code](../src/a.ts), `[b](b.md)`, ![drawn](c.svg), [far](https://example.org)';
  expect(rewriteLinks('docs/a.md', text, there)).toEqual({
    text: '[b](/b.md#x), code, `[b](b.md)`, ![drawn](/c.svg), [far](https://example.org)',
    assets: ['docs/c.svg'],
  });
  expect(() => rewriteLinks('docs/a.md', '[it](gone.md)', there)).toThrow('docs/a.md: the link to gone.md leads to nothing');
});

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** Of its headings, as the usual renderers of Markdown make them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, title]) => title as string);
  return new Set(
    headings.map((title) =>
      title
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
