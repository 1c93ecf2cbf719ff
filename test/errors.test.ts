import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandWording } from '../src/cli/wording.ts';
import { type ErrorCode, errorTable, FinetoothError } from '../src/errors.ts';
import { openIndex, type Reranker, rerank } from '../src/index.ts';
import { fallback } from '../src/rerankers.ts';
import { problemOf } from '../src/server/problem.ts';
import { memoryStore } from '../src/stores.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|js)$/.test(name) && !/\.test\.ts$|-contract\.ts$|test-report/.test(name))
  .map((name) => name.replaceAll('\\', '/'));
/** A source without its comments. */
const codeOf = (name: string): string =>
  readFileSync(join(root, 'src', name), 'utf8')
    // A route may end in `/*`.
    .replace(/(?<=^|\s)\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

/** What each of the three doors says of an error. */
const doors = (error: unknown): readonly [library: string, command: string, http: string] => {
  if (!(error instanceof FinetoothError)) throw error;
  return [error.message, error.messageIn(commandWording), problemOf(error, 'id').message];
};
const refused = async (work: () => Promise<unknown>): Promise<ReturnType<typeof doors>> =>
  work().then(() => {
    throw new Error('it was not refused');
  }, doors);

describe('the table of errors', () => {
  it('has every code that is thrown, and no other', () => {
    const named = sources
      .filter((name) => name !== 'errors.ts')
      .flatMap((name) => [...codeOf(name).matchAll(/'(E_[A-Z_]+)'/g)].map(([, code]) => code as string));
    // What the file of the table throws itself.
    const own = [...codeOf('errors.ts').matchAll(/FinetoothError\(\s*'(E_[A-Z_]+)'/g)].map(([, code]) => code as string);
    expect([...new Set([...named, ...own])].toSorted()).toEqual(Object.keys(errorTable).toSorted());
  });

  it('has a sentence, an exit status and an HTTP status for each', () => {
    for (const [code, { meaning, exit, http }] of Object.entries(errorTable)) {
      expect(meaning, code).toMatch(/^[A-Z].*\.$/);
      expect(exit, code).toSatisfy((status: number) => Number.isInteger(status) && status >= 1 && status <= 130);
      expect(http, code).toSatisfy((status: number) => Number.isInteger(status) && status >= 400 && status < 600);
      expect(new FinetoothError(code as ErrorCode, 'x')).toMatchObject({ code, exit, http });
    }
  });

  it('is the only place with a status: dialects and routes have none but those in which one vendor differs', () => {
    const wrong = sources
      .filter((name) => name.startsWith('server/') && name !== 'server/problem.ts')
      .flatMap((name) =>
        [...codeOf(name).matchAll(/(?:statusOf|\bstatus): ?\d{3}|\.code\([45]\d\d\)/g)].map(([text]) => `${name}: ${text}`),
      );
    // Of /ready, which is not an error.
    expect(wrong).toEqual(['server/app.ts: .code(503)']);
  });
});

describe('sentences', () => {
  it('outside of cli/ advise no flag of the command line', () => {
    const flags = sources
      // What tools of `finetooth mcp` say is followed by whoever started that command.
      .filter((name) => !name.startsWith('cli/') && name !== 'server/mcp/told.ts' && !/^eval\/render\/page-style/.test(name))
      .flatMap((name) =>
        [...codeOf(name).matchAll(/(['"`])(?:(?!\1)[^\\\n]|\\.)*?(?<![\w-])--[a-z][\w-]*(?:(?!\1)[^\\\n]|\\.)*\1/g)]
          .map(([text]) => text)
          // Names of variables in style sheets.
          .filter((text) => !/var\(--|^`?\s*--[\w-]+:/.test(text))
          .map((text) => `${name}: ${text}`),
      );
    expect(flags).toEqual([]);
  });

  it('name an option as each door calls it', async () => {
    const create = { fields: ['title'] };
    const index = await openIndex(memoryStore(), { create, embedder: hashEmbedder(), reranker: null });
    const twice = await refused(() =>
      index.add([
        { id: 'a', title: 'x' },
        { id: 'a', title: 'y' },
      ]),
    );
    const said = (option: string): string =>
      `document 2 has the id "a", which document 1 has too. Ids must differ; change one of them, or name another field ${option}.`;
    expect(twice).toEqual([said('as idField'), said('with --id'), said('as id_field')]);

    const wordless = await refused(() =>
      rerank('q', [{ n: 1 }], { model: { fingerprint: 'x', score: async () => ({ scores: new Float32Array(1) }) } }),
    );
    expect(wordless.map((text) => text.split('; ')[1])).toEqual([
      'name those to rank by as rankFields.',
      'name those to rank by with --rank-fields.',
      'name those to rank by as rank_fields.',
    ]);
    const [library, command] = await refused(() => openIndex(join(workFolder(), 'none')));
    expect(library).toMatch(/ is not an index\. Make one with openIndex\(".*none", \{ create: true \}\)\.$/);
    expect(command).toMatch(/ is not an index\. Make one with "finetooth index SOURCE --into .*none"\.$/);
  });

  it('do so also where several errors are told in one', async () => {
    const poor = (name: string): Reranker => ({
      fingerprint: name,
      score: async () => {
        throw new FinetoothError('E_BUDGET', (say) => `no price of ${name}: leave ${say.option('budget')} out.`);
      },
    });
    const [library, command] = await refused(() => rerank('q', ['text'], { model: fallback([poor('a'), poor('b')]) }));
    expect(library).toContain('no price of a: leave budget out. Then: no price of b: leave budget out.');
    expect(command).toContain('no price of a: leave --budget out. Then: no price of b: leave --budget out.');
  });

  it('of the command line name flags in JSON too', async () => {
    const { stderr } = await finetooth(['search', 'x', '--in', 'none', '--json'], { cwd: workFolder() });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'E_INDEX_MISSING', message: expect.stringContaining('--into none') } });
  });

  it('ask nobody to report to a place that does not exist', () => {
    const { bugs, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    if (bugs !== undefined || repository !== undefined) return;
    const asking = /\breport (it|this)\b|\bplease report\b/i;
    const pages = [...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`), 'README.md', 'CONTRIBUTING.md'];
    const texts = [...sources.map((name) => `src/${name}`), ...pages].filter(
      (name) => /\.(ts|js|md)$/.test(name) && existsSync(join(root, name)),
    );
    expect(texts.filter((name) => asking.test(readFileSync(join(root, name), 'utf8')))).toEqual([]);
  });
});
