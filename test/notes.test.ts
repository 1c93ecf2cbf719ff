import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex, readDocuments, type SearchIndex, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';

const sample = join(import.meta.dirname, '..', 'samples', 'notes');
const vault = join(sample, 'vault');
const linesOf = (name: string): readonly string[] => readFileSync(join(sample, name), 'utf8').trim().split('\n');
const questions = linesOf('queries.jsonl').map((line) => JSON.parse(line) as { _id: string; text: string; sentence: string });
const judged = linesOf('qrels/test.tsv')
  .slice(1)
  .map((line) => line.split('\t') as [query: string, note: string, grade: string]);
const notes = readdirSync(vault, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));

describe('the bundled notes', () => {
  it('are at least 300, some of them long, and answer 20 questions with the words that are judged', () => {
    expect(notes.length).toBeGreaterThanOrEqual(300);
    const texts = new Map(notes.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(vault, name), 'utf8')]));
    expect([...texts.values()].filter((text) => text.split(/\s+/).length > 1900).length).toBeGreaterThanOrEqual(2);
    expect([questions.length, new Set(judged.map(([query]) => query)).size]).toEqual([20, 20]);
    for (const [, note] of judged) expect(texts.has(note), note).toBe(true);
    for (const { _id, sentence } of questions) {
      const best = judged.find(([query, , grade]) => query === _id && grade === '3')?.[1] as string;
      expect(texts.get(best)?.replace(/[\s*]+/g, ' '), _id).toContain(sentence);
    }
  });

  describe('are searched as their owner would', () => {
    let index: SearchIndex;
    let read: readonly string[] = [];
    beforeAll(async () => {
      index = await openIndex(memoryStore(), { create: true });
      const report = await index.addRead(readDocuments(vault));
      read = report.notes ?? [];
      return () => index.close();
    });

    it('with one note of broken front matter among them, which is named and read all the same', () => {
      expect(read).toEqual([expect.stringContaining('house/loft-insulation.md line 5')]);
    });

    it('with the answer in the top 3, and in the snippet, for at least 18 of 20 questions', async () => {
      const found: string[] = [];
      const shown: string[] = [];
      for (const { _id, text, sentence } of questions) {
        const { results } = await search(index, text, { top: 3, snippets: true });
        const right = judged.filter(([query]) => query === _id).map(([, note]) => note);
        const answers = results.filter(({ id }) => right.includes(id));
        if (answers.length > 0) found.push(_id);
        if (answers.some(({ snippet }) => snippet?.text.replace(/[\s*]+/g, ' ').includes(sentence))) shown.push(_id);
        for (const { id, snippet } of answers) {
          const [first] = snippet?.lines ?? [0];
          const line = readFileSync(join(vault, id), 'utf8').split('\n')[first - 1] as string;
          expect(snippet?.text.startsWith(line.trim().slice(0, 3)) || line.includes(snippet?.text.slice(0, 20) as string), id).toBe(true);
        }
      }
      expect(found.length, `found ${found}`).toBeGreaterThanOrEqual(18);
      expect(shown.length, `shown ${shown}`).toBeGreaterThanOrEqual(18);
    });
  });
});
