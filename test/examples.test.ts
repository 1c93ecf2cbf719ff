import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { workFolder } from './finetooth.ts';
import { findLowestNode, lowestVersion } from './lowest-node.ts';

const folder = join(import.meta.dirname, '..', 'examples');
const run = promisify(execFile);

/** What each example must print. They import the package by its name, so they run on what `npm run build` made. */
const expected: Readonly<Record<string, RegExp>> = {
  'ai-sdk-agent.ts': /^It is The Bat, of 2005\.\n$/,
  'contracts.ts': /(ℹ|#) pass \d\d\n(ℹ|#) fail 0\n/,
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

/** Those that ask a language model: one without a network, which asks the tool and answers with the first film. */
const scripted: readonly string[] = ['ai-sdk-agent.ts'];
const flagsFor = (name: string): readonly string[] =>
  scripted.includes(name) ? ['--import', pathToFileURL(join(import.meta.dirname, 'support', 'scripted-models.mjs')).href] : [];

/** Run in test/vendors/guide.test.ts, against a server that speaks Together's protocol. */
const elsewhere = ['guide-hosted.ts'];

describe('the examples', () => {
  it('are all here', () =>
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .sort(),
    ).toEqual([...Object.keys(expected), ...elsewhere].sort()));

  it('that are a first program have eight lines at most', () => {
    for (const name of Object.keys(expected).filter((one) => one.startsWith('first-'))) {
      const lines = readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => !/^(\/\*\*.*)?$/.test(line));
      expect([name, lines.length <= 8]).toEqual([name, true]);
    }
  });

  const prints = async (node: string, flags: readonly string[], name: string, pattern: RegExp): Promise<void> => {
    const cwd = workFolder();
    writeFileSync(
      join(cwd, 'films.json'),
      JSON.stringify([
        { title: 'The Bat', overview: 'A hero who loves bats.' },
        { title: 'Wheat', overview: 'A farm.', tagline: null },
        { title: 'Rye', overview: 'Bread.', tagline: 'x' },
      ]),
    );
    mkdirSync(join(cwd, 'notes'));
    writeFileSync(
      join(cwd, 'notes', 'dog.md'),
      '---\ntitle: Pepe and his pill\nyear: 2021\n---\nThe dog takes his medicine in liver sausage.\n',
    );
    writeFileSync(join(cwd, 'notes', 'cat.md'), '---\ntitle: The old dog\nyear: 2012\n---\nMedicine for a dog that is no more.\n');
    const { stdout, stderr } = await run(
      node,
      [...flags, ...flagsFor(name), join(folder, name), ...(name === 'five-lines.ts' ? ['films.json'] : [])],
      {
        cwd,
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(pattern);
  };

  it.each(Object.entries(expected))('%s runs and prints what it should', (name, pattern) => prints(process.execPath, [], name, pattern));

  describe.each(Object.entries(expected))('%s', (name, pattern) => {
    it(`does so on Node ${lowestVersion}`, async (ctx) => {
      const lowest = await findLowestNode();
      if ('reason' in lowest) return ctx.skip(lowest.reason);
      await prints(lowest.node, ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'], name, pattern);
    });
  });
});
