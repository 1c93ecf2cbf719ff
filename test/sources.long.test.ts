import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIndex, type SearchIndex, search } from '../src/index.ts';
import { indexDocuments } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { sourceQuestions } from './source-questions.ts';

const src = join(import.meta.dirname, '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

const folder = workFolder();
let index: SearchIndex;
beforeAll(async () => {
  // As `finetooth index ./src --exclude '*.test.ts'`: each function and type is a document.
  await indexDocuments({ source: src, into: join(folder, 'code'), exclude: ['*.test.ts'] });
  index = await openIndex(join(folder, 'code'));
}, 1_800_000);
afterAll(async () => {
  await index?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('asks about files that there are', () => {
  expect(sourceQuestions.length).toBe(20);
  expect(sourceQuestions.flatMap(({ files: right }) => right.filter((file) => !files.includes(file)))).toEqual([]);
});

it('finds the file that answers among the first three, and shows the words in it, for at least 18 of 20 questions', async () => {
  const missed: string[] = [];
  const hidden: string[] = [];
  for (const { text, files: right, words } of sourceQuestions) {
    const { results } = await search(index, text, { firstStage: 'hybrid', top: 3, snippets: true, documents: true });
    const answers = results.filter(({ document }) => right.includes(String(document?.path)));
    if (answers.length === 0) missed.push(text);
    if (!answers.some(({ snippet }) => words.test(snippet?.text ?? ''))) hidden.push(text);
  }
  expect(missed.length, `not found: ${missed.join('; ')}`).toBeLessThanOrEqual(2);
  expect(hidden.length, `not shown: ${hidden.join('; ')}`).toBeLessThanOrEqual(2);
}, 1_800_000);
