import { expect, it } from 'vitest';
import type { Document } from '../types.ts';
import { inferFilterable } from './filterable.ts';

const infer = (documents: readonly Document[], text: readonly string[] = []) =>
  inferFilterable(
    documents.map((document) => ({ document, where: 'a test' })),
    text,
  );

it('takes fields of numbers and of short texts, alone or in lists', () => {
  const documents: Document[] = [
    { title: 'A', year: 1990, tags: ['a', 'b'], seen: true, scores: [1, 2], note: null, mixed: 5, nested: { a: 1 } },
    { title: 'B', year: null, tags: [], mixed: 'x', long: 'x'.repeat(129), lists: [[1]] },
  ];
  const expected = { mixed: 'keyword', scores: 'number', seen: 'keyword', tags: 'keyword', year: 'number' };
  expect(infer(documents, ['title'])).toEqual(expected);
  expect(JSON.stringify(infer(documents.toReversed(), ['title']))).toBe(JSON.stringify(infer(documents, ['title'])));
});

it('takes those that most documents have, in whatever order they come', () => {
  const documents = Array.from(
    { length: 50 },
    (_, at): Document => Object.fromEntries(Array.from({ length: 50 - at }, (__, field) => [`f${field}`, at])),
  );
  const found = infer(documents);
  expect(Object.keys(found).sort()).toEqual(Array.from({ length: 32 }, (_, at) => `f${at}`).sort());
  expect(infer(documents.toReversed())).toEqual(found);
});

it('takes fields of any name', () => {
  const document = JSON.parse('{"__proto__": 5, "constructor": "x", "": 1}') as Document;
  expect(Object.entries(infer([document])).sort()).toEqual([
    ['', 'number'],
    ['__proto__', 'number'],
    ['constructor', 'keyword'],
  ]);
});
