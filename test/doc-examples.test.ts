/** Each public name has an example in its comment, which editors show and the reference of the site; each compiles, and does what it says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileExamples, failedExamples, names, notRun, reasonOf, withExample } from './doc-examples.ts';

/** Of the first day; the others are run by doc-examples.long.test.ts. */
const entries = ['finetooth', 'finetooth/rerankers', 'finetooth/embedders', 'finetooth/hosted', 'finetooth/eval', 'finetooth/plan'];

const folder = mkdtempSync(join(tmpdir(), 'finetooth-doc-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is there for every public function, class and constant, and shows where it is imported from', () => {
  expect(names.filter(({ isType }) => !isType).length).toBeGreaterThan(120);
  const without = names.filter(({ name, isType, from, example = '' }) => {
    if (isType && example === '') return false; // the site says where it is used

    const imports = [...example.matchAll(/^import (?:type )?\{([^}]*)\} from '([^']+)'/gm)];
    const used = example.replace(/^import .*$/gm, '');
    const isImported = imports.some(([, list = '', where]) => where === from && list.split(/[ ,]+/).includes(name));
    return !isImported || !new RegExp(`\\b${name}\\b`).test(used);
  });
  expect(without.map(({ name, from }) => `${from}: ${name}`)).toEqual([]);
});

it('compiles as it stands, with the types of the package', async () => {
  expect(await compileExamples(join(folder, 'compiled'))).toEqual([]);
});

it('prints what it says, of the entries of the first day; one that would not is told', async () => {
  const examples = withExample.filter((one) => reasonOf(one) === undefined && entries.includes(one.from));
  expect(examples.length).toBeGreaterThan(60);
  const wrong = { from: 'finetooth', name: 'wrong', isType: false, file: '', comment: '', example: 'console.log(1 + 1); // 3' };
  expect(await failedExamples(join(folder, 'ran'), [...examples, wrong])).toMatchObject([{ wrong: ['it prints 2, not 3'] }]);
}, 600_000);

it('has no reason left over', () => {
  const known = new Set(names.flatMap(({ name, from }) => [name, from]));
  expect(Object.keys(notRun).filter((name) => !known.has(name))).toEqual([]);
});
