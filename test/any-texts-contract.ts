import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FinetoothError, openIndex, type ReadDocument, readDocuments } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';
import { type AnyFile, anyCsv, anyFrontMatter, anyJson, anyJsonl, anyTsv, brokenFrontMatter, damaged } from './any-texts.ts';
import { hashEmbedder } from './hash-embedder.ts';

const shapes: readonly (readonly [name: string, file: string, fc.Arbitrary<AnyFile>])[] = [
  ['CSV', 'a.csv', anyCsv],
  ['TSV', 'a.tsv', anyTsv],
  ['JSON', 'a.json', anyJson],
  ['JSONL', 'a.jsonl', anyJsonl],
  ['front matter', 'a.md', anyFrontMatter],
  ['front matter with faults', 'a.md', brokenFrontMatter],
  ['damaged CSV', 'a.csv', damaged(anyCsv)],
  ['damaged TSV', 'a.tsv', damaged(anyTsv)],
  ['damaged JSON', 'a.json', damaged(anyJson)],
  ['damaged JSONL', 'a.jsonl', damaged(anyJsonl)],
  ['damaged front matter', 'a.md', damaged(anyFrontMatter)],
];

/**
 * Of any file nothing is dropped without being counted: it is read whole, or what is not understood is noted, or it is refused with a sentence.
 */
export const anyTextsContract = (files: number): void => {
  describe(`${files} files of any kind`, () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'finetooth-any-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** The documents, and the error that reading ended with. */
    const read = async (path: string) => {
      const documents: ReadDocument[] = [];
      try {
        for await (const one of readDocuments(path)) documents.push(one);
      } catch (error) {
        if (!(error instanceof FinetoothError) || !/^E_INPUT_(FORMAT|EMPTY)$/.test(error.code)) throw error;
        return { documents, refused: error.message };
      }
      return { documents, refused: undefined };
    };

    it.each(shapes)('%s', async (_, name, arbitrary) => {
      const path = join(folder, name);
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ text, documents: expected, words }) => {
          writeFileSync(path, text);
          const { documents, refused } = await read(path);
          const isText = name.endsWith('.md');
          // A text is never refused: whatever stands at its beginning, the rest is worth reading.
          if (isText) expect([refused, documents.length]).toEqual([undefined, 1]);
          const found = JSON.stringify(documents.map(({ document }) => document));
          const isNoted = documents.some(({ notes = [] }) => notes.length > 0);
          if (refused === undefined && !isNoted) for (const word of words) expect(found).toContain(word);
          if (expected === undefined) return;
          expect(refused).toBeUndefined();
          if (isText) {
            const { text: _, path: __, title, ...fields } = documents[0]?.document ?? {};
            const { title: own, ...others } = expected[0] as Record<string, unknown>;
            expect(fields).toEqual(others);
            if (own !== undefined) expect(title).toBe(own);
          } else expect(documents.map(({ document }) => document)).toEqual(expected);
          const index = await openIndex(memoryStore(), { create: { fields: ['text'] }, embedder: hashEmbedder() });
          const report = await index.addRead(readDocuments(path), { missingFields: 'accept' }).catch((error: unknown) => {
            if (error instanceof FinetoothError && /^E_(FIELD|DUPLICATE_ID|ID)/.test(error.code)) return undefined;
            throw error;
          });
          if (report !== undefined) expect(report.added).toBe(documents.length);
          await index.close();
        }),
        { numRuns: Math.ceil(files / shapes.length), seed: 33 },
      );
    });
  });
};
