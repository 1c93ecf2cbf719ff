import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryStore, openIndex, type SearchIndex, search } from '../src/index.ts';
import { sourceQuestions } from './source-questions.ts';

const src = join(import.meta.dirname, '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

let index: SearchIndex;
beforeAll(async () => {
  index = await openIndex(memoryStore(), { create: { fields: ['title', 'text'], idField: 'path' } });
  await index.add(files.map((path) => ({ path, title: path.replace(/\.ts$/, ''), text: readFileSync(join(src, path), 'utf8') })));
}, 1_200_000);
afterAll(() => index.close());

it('asks about files that there are', () => {
  expect(sourceQuestions.length).toBe(20);
  expect(sourceQuestions.flatMap(({ files: right }) => right.filter((file) => !files.includes(file)))).toEqual([]);
});

it('finds the file that answers among the first three, and shows the words in it, for at least 18 of 20 questions', async () => {
  const found: string[] = [];
  const shown: string[] = [];
  for (const { text, files: right, words } of sourceQuestions) {
    const { results } = await search(index, text, { firstStage: 'hybrid', top: 3, snippets: true });
    const answers = results.filter(({ id }) => right.includes(id));
    if (answers.length > 0) found.push(text);
    if (answers.some(({ snippet }) => words.test(snippet?.text ?? ''))) shown.push(text);
  }
  expect(found.length, `found ${found.join('; ')}`).toBeGreaterThanOrEqual(18);
  expect(shown.length, `shown ${shown.join('; ')}`).toBeGreaterThanOrEqual(18);
});
