import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { findLowestNode, lowestVersion } from './lowest-node.ts';
import type { Program, Ran } from './support/run-programs.ts';

const folder = join(import.meta.dirname, '..', 'examples');
const run = promisify(execFile);

/** What each example must print. They import the package by its name, so they run on what `npm run build` made. */
const firstSteps: Readonly<Record<string, RegExp>> = {
  'evaluate.ts': /^helps\n### Evaluation by RR@10, 10 queries/,
  'first-ai-sdk.ts': /^Bats find their way/,
  'first-folder.ts': /^dog\.md Pepe and his pill\n$/,
  'first-handler.ts': /document: 'Bats hunt by echo\.'/,
  'first-objects.ts': /^1 Chicken Run some year\n0 Jaws 1975\n$/,
  'first-texts.ts': /^0\.\d\d Bats find their way by echolocation\.\n0\.\d\d /,
  'five-lines.ts': /^1 0\.\d{4} The Bat\n2 0\.\d{4} /,
  'own-embedder.ts': /\[ '(pizzazz|jazz)', '(pizzazz|jazz)' \]/,
  'own-reranker.ts': /^shared-words@1 .*A (whale|captain) hunts/s,
  'own-store.ts': /^writes: 3\n\[ 'b', 'a' \]/,
};

/** Those that answer a question: the reader of docs/examples.md copies one and changes it. */
const questions: Readonly<Record<string, RegExp>> = {
  'cite-the-sentence.ts': /^"Paper is collected on Mondays\." \(\/bins, from character 0 on\)\n$/,
  'combine-two-sources.ts': /^fused: {4}wiki\/vpn ticket\/77 [^\n]*\nreranked: ticket\/77 wiki\/vpn\n$/,
  'does-reranking-help.ts':
    /^nDCG@10 of words alone 0\.\d\d, reranked \d\.\d\d\ngain -?0\.\d\d, between -?\d\.\d\d and \d\.\d\d with 95 % confidence\n$/,
  'fill-a-context.ts': /cite their numbers\.\n\[1\] Employees may carry over[^\n]*\n\[2\] [^\n]*\n\nQuestion: until when/,
  'find-duplicates.ts': /^0\.\d\d {2}.*(password|Norway).* {2}= {2}.*\1.*\n0\.\d\d {2}.*(password|Norway).* {2}= {2}.*\2.*\n$/,
  'keep-an-index-in-step.ts':
    /^\{ added: 3, changed: 0, unchanged: 0, removed: 0 \}\n\{ added: 1, changed: 1, unchanged: 1, removed: 1 \}\n$/,
  'keep-tenants-apart.ts': /^acme acme-1 acme-2\nzeta zeta-1\nno one \n$/,
  'rerank-database-rows.ts': /^b was 2\. by distance 0\.34, is relevant with probability 0\.\d\d\n/,
  'rerank-in-a-server.ts': /^200 Bats hunt by echo\.\n400 E_QUERY\n$/,
  'say-when-nothing-fits.ts': /\nwas my parcel lost: A parcel that is lost.*\nwho won the world cup in 1954: nothing found\n$/,
  'search-notes-by-date.ts': /^\[ '2024-01-15 boiler' \]\n\[ 'garden', 'washer' \]\n$/,
  'switch-from-cohere.ts': /^200 1 0\.\d\d\nranked by bge-small-en-v1\.5\+ms-marco-minilm-l-12-v2\n$/,
};
const together = { ...firstSteps, ...questions };

/** Those that need a process of their own: a test runner, and one that asks a language model, here without a network: it asks the tool and answers with the first film. */
const alone: Readonly<Record<string, RegExp>> = {
  'ai-sdk-agent.ts': /^It is The Bat, of 2005\.\n$/,
  'contracts.ts': /(ℹ|#) pass \d\d\n(ℹ|#) fail 0\n/,
};
const flagsFor = (name: string): readonly string[] =>
  name === 'ai-sdk-agent.ts' ? ['--import', pathToFileURL(join(import.meta.dirname, 'support', 'scripted-models.mjs')).href] : [];

/** Run in test/vendors/guide.test.ts, against a server that speaks Together's protocol. */
const elsewhere = ['guide-hosted.ts'];

const work = mkdtempSync(join(tmpdir(), 'finetooth-examples-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const linesOf = (name: string): readonly string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');

describe('the examples', () => {
  it('are all here', () =>
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .sort(),
    ).toEqual([...Object.keys(together), ...Object.keys(alone), ...elsewhere].sort()));

  it('that are a first program have eight lines at most', () => {
    for (const name of Object.keys(firstSteps).filter((one) => one.startsWith('first-')))
      expect([name, linesOf(name).filter((line) => !/^(\/\*\*.*)?$/.test(line)).length <= 8]).toEqual([name, true]);
  });

  it('that answer a question have less than forty lines, say which one first, and are in docs/examples.md in the same words', () => {
    const page = readFileSync(join(folder, '..', 'docs', 'examples.md'), 'utf8');
    for (const name of Object.keys(questions)) {
      expect([name, linesOf(name).length < 40]).toEqual([name, true]);
      const question = /^\/\*\*\s(?: \* )?([^?]+\?)/.exec(linesOf(name).join('\n'))?.[1];
      expect([name, question !== undefined && page.includes(`| ${question} | [${name}](../examples/${name}) |`)]).toEqual([name, true]);
    }
  });

  describe.each([
    ['this Node', async () => ({ node: process.execPath, flags: [] as readonly string[] })],
    [`Node ${lowestVersion}`, async () => ({ ...(await findLowestNode()), flags: strips })],
  ])('on %s', (which, find) => {
    it('run one after the other and print what they should', async (ctx) => {
      const found = await find();
      if (!('node' in found)) return ctx.skip(found.reason);
      for (const [name, { stdout, stderr }] of await runTogether(which, found.node, found.flags)) {
        expect({ name, stderr }).toEqual({ name, stderr: '' });
        expect(stdout, name).toMatch(together[name] as RegExp);
      }
    });

    it.each(Object.entries(alone))('%s runs and prints what it should', async (name, pattern) => {
      const found = await find();
      if (!('node' in found)) return;
      const options = { cwd: filled(join(work, which, name)), env: { ...process.env, NODE_OPTIONS: '' } };
      const { stdout, stderr } = await run(found.node, [...found.flags, ...flagsFor(name), join(folder, name)], options);
      expect(stderr).toBe('');
      expect(stdout).toMatch(pattern);
    });
  });
});

const strips: readonly string[] = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/** In one process, which loads the models once and must end by itself. */
async function runTogether(which: string, node: string, flags: readonly string[]): Promise<readonly (readonly [string, Ran])[]> {
  const names = Object.keys(together);
  const programs = names.map((name): Program => {
    const words = name === 'five-lines.ts' ? ['films.json'] : [];
    return { file: join(folder, name), cwd: filled(join(work, which, name)), words };
  });
  const list = join(work, which, 'programs.json');
  writeFileSync(list, JSON.stringify(programs));
  const runner = join(import.meta.dirname, 'support', 'run-programs.ts');
  await run(node, [...flags, runner, list], { env: { ...process.env, NODE_OPTIONS: '', FINETOOTH_CACHE: join(work, 'cache') } });
  const ran = JSON.parse(readFileSync(join(work, which, 'RAN.json'), 'utf8')) as Ran[];
  expect(ran.length).toBe(names.length);
  return ran.map((one, at) => [names[at] as string, one]);
}

/** A folder with the files that examples read. */
function filled(cwd: string): string {
  mkdirSync(join(cwd, 'notes'), { recursive: true });
  const films = [
    { title: 'The Bat', overview: 'A hero who loves bats.' },
    { title: 'Wheat', overview: 'A farm.', tagline: null },
    { title: 'Rye', overview: 'Bread.', tagline: 'x' },
  ];
  writeFileSync(join(cwd, 'films.json'), JSON.stringify(films));
  writeFileSync(
    join(cwd, 'notes', 'dog.md'),
    '---\ntitle: Pepe and his pill\nyear: 2021\n---\nThe dog takes his medicine in liver sausage.\n',
  );
  writeFileSync(join(cwd, 'notes', 'cat.md'), '---\ntitle: The old dog\nyear: 2012\n---\nMedicine for a dog that is no more.\n');
  return cwd;
}
