/** The documentation site's pages: all that there are, each once, and no link that leads to nothing. The site itself is built by site.long.test.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageOf, rewriteLinks, slugOf } from '../site/links.ts';
import { finishReference } from '../site/reference.ts';
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

it('shows on its first page a program of the quick start, which the tests run', () => {
  const blocks = [...read('site/home.md').matchAll(/^```\w+\n[\s\S]*?^```$/gm)].map(([block]) => block);
  expect(blocks.length).toBeGreaterThan(1);
  for (const block of blocks) expect(read('docs/quick-start.md')).toContain(block);
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
  return new Set(headings.map((title) => slugOf(title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))));
}

describe('the reference', () => {
  const entries = [
    { name: 'finetooth', module: 'index', about: 'What a program needs.' },
    { name: 'finetooth/server', module: 'server', about: 'The server.' },
    { name: 'finetooth/mcp', module: 'server/mcp', about: 'For agents.' },
    { name: 'finetooth/ai-sdk', module: 'integrations/ai-sdk', about: 'Models for the AI SDK.' },
  ];
  const pages = new Map([
    ['index.md', '# finetooth\n\n## Modules\n'],
    ['index/index.md', '# index\n\n## Functions\n'],
    ['server/mcp/index.md', '# server/mcp\n'],
    ['integrations/ai-sdk/index.md', '# integrations/ai-sdk\n'],
    [
      'index/functions/search.md',
      '# Function: search()\n\n## Call Signature\n\nFinds.\n\n### Parameters\n\n[`Options`](../interfaces/Options.md)\n\n### Example\n\n```ts\nsearch();\n```\n\n## Call Signature\n\n### Example\n\n```ts\nsearch();\n```\n',
    ],
    [
      'index/functions/rerank.md',
      '# Function: rerank()\n\nRanks.\n\n## Parameters\n\n## Example\n\n```ts\nrerank();\n```\n\n## Throws\n\nE_QUERY\n',
    ],
    ['index/interfaces/Options.md', '# Interface: Options\n\nWhat may be said.\n\n> [`Filter`](../type-aliases/Filter.md)\n'],
    ['index/type-aliases/Filter.md', '# Type Alias: Filter\n'],
    ['integrations/ai-sdk/interfaces/Provider.md', '# Interface: Provider\n\nModels.\n'],
  ]);
  const finished = finishReference(pages, entries);

  it('shows an example before parameters, once', () => {
    expect(finished.get('index/functions/rerank.md')).toBe(
      '# Function: rerank()\n\nRanks.\n\n## Example\n\n```ts\nrerank();\n```\n\n## Parameters\n\n## Throws\n\nE_QUERY\n',
    );
    expect(finished.get('index/functions/search.md')).toMatch(/Finds\.\n\n### Example\n\n```ts\nsearch\(\);\n```\n\n### Parameters/);
    expect(finished.get('index/functions/search.md')?.match(/Example/g)).toHaveLength(1);
  });

  it('says of a type where it is imported from, and in which examples it is used, through other types too', () => {
    expect(finished.get('index/interfaces/Options.md')).toMatch(
      /^# Interface: Options\n\n```ts\nimport type \{ Options \} from 'finetooth';\n```\n\n\*\*In the examples of\*\* \[search\]\(\.\.\/functions\/search\.md\)\.\n\nWhat may be said\./,
    );
    expect(finished.get('index/type-aliases/Filter.md')).toContain('**In the examples of** [search](../functions/search.md).');
    expect(finished.get('integrations/ai-sdk/interfaces/Provider.md')).toContain("import type { Provider } from 'finetooth/ai-sdk';");
  });

  it('calls entries by the names by which they are imported', () => {
    expect(finished.get('index.md')).toContain('| [`finetooth/ai-sdk`](integrations/ai-sdk/index.md) | Models for the AI SDK. |');
    expect(finished.get('server/mcp/index.md')).toBe('# finetooth/mcp\n\nFor agents.\n');
    expect(finished.get('index/index.md')).toBe('# finetooth\n\nWhat a program needs.\n\n## Functions\n');
  });
});
