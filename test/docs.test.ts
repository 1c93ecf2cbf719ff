import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages } from '../scripts/docs.ts';
import { llmsText } from '../scripts/llms.ts';
import { allCommands } from '../src/cli/commands.ts';

const commands = await allCommands();

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const pagesWritten = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...['docs', 'decisions'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)),
].filter((name) => name.endsWith('.md'));

describe('the docs', async () => {
  it.each(Object.entries(await pages()))('docs/%s is what the tables say (npm run docs)', (name, text) => {
    expect(read(`docs/${name}`)).toBe(text);
  });

  it('are listed for agents in llms.txt (npm run docs)', () => {
    expect(read('llms.txt')).toBe(llmsText());
    const links = [...llmsText().matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target as string);
    expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('tell agents of commands that there are', () => {
    const skill = read('skills/finetooth/SKILL.md');
    expect(skill).toMatch(/^---\nname: finetooth\ndescription: .{100,1000}\n---\n/);
    const typed = [...skill.matchAll(/npx finetooth ((?:models |datasets )?[a-z]+) /g)].map(([, name]) => name as string);
    expect(typed.filter((name) => !commands.some((one) => one.name === name))).toEqual([]);
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

  it('point at headings that exist', () => {
    // As GitHub names them: lowercase, without punctuation, a hyphen for each space.
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-');
    const headingsOf = (page: string): string[] =>
      [
        ...read(page)
          .replace(/^```.*?^```$/gms, '')
          .matchAll(/^#+ (.+)$/gm),
      ].map(([, heading]) => slug(heading as string));
    const broken = pagesWritten.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
        .map(([, file, heading]) => [file === '' ? page : join(dirname(page), file as string), heading as string] as const)
        .filter(([file, heading]) => file.endsWith('.md') && !headingsOf(file).includes(heading))
        .map(([file, heading]) => `${page}: ${file}#${heading}`),
    );
    expect(broken).toEqual([]);
  });

  it('are all in the reading order', () => {
    const order = read('docs/README.md');
    const forgotten = pagesWritten.filter((page) => /^docs\/(?!README)/.test(page) && !order.includes(`](${page.slice('docs/'.length)})`));
    expect(forgotten).toEqual([]);
  });

  it('say of each application what was tried of it, and how it embeds and reranks', () => {
    const rows = [...read('docs/applications.md').matchAll(/^\| \*\*(.+?)\*\*[^|]*\| ([^|]*) \| ([^|]*) \| ?([^|]*)\|$/gm)];
    const named = [
      'Open WebUI',
      'Dify',
      'RAGFlow',
      'LibreChat',
      'AnythingLLM',
      'LightRAG',
      'n8n',
      'Flowise',
      'Continue',
      'Cline',
      'Roo Code',
    ];
    named.push('Obsidian', 'LiteLLM', 'LangChain', 'LlamaIndex', 'Haystack', 'Spring AI', 'Vercel AI SDK');
    expect(rows.map(([, name]) => name).sort()).toEqual(named.sort());
    for (const [, name, tried, embedding] of rows)
      expect([name, tried, embedding]).toEqual([
        name,
        expect.stringMatching(/^(itself|client inside|its requests|its pages.*)$/),
        expect.stringMatching(/./),
      ]);
  });

  it('are few on the first page', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
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
