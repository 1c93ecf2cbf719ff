import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages } from '../scripts/docs.ts';

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const pagesWritten = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'decisions'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)),
].filter((name) => name.endsWith('.md'));

describe('the docs', async () => {
  it.each(Object.entries(await pages()))('docs/%s is what the tables say (npm run docs)', (name, text) => {
    expect(read(`docs/${name}`)).toBe(text);
  });

  it('point at files that exist', () => {
    const broken = pagesWritten.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => target as string)
        .filter((target) => !existsSync(join(root, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name commands of package.json that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const unknown = pagesWritten.flatMap((page) =>
      [...read(page).matchAll(/npm run ([a-z:-]+)/g)]
        .map(([, name]) => name as string)
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${page}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});
