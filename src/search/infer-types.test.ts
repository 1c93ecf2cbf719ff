import { describe, expect, it } from 'vitest';
import type { Document, FieldValue } from '../types.ts';
import { inferTypes, type Roles } from './infer-types.ts';

const infer = (documents: readonly Document[], roles: Partial<Roles> = {}) =>
  inferTypes(
    documents.map((document) => ({ document, where: 'a test' })),
    { fields: [], ...roles },
  );
const typeOf = (...values: FieldValue[]) => {
  const documents = values.map((value): Document => ({ field: value }));
  const { field } = infer(documents);
  expect(infer(documents.toReversed())).toEqual(infer(documents));
  return field;
};

it('takes fields of numbers and of short texts, alone or in lists', () => {
  const documents: Document[] = [
    { title: 'A', year: 1990, tags: ['a', 'b'], seen: true, scores: [1, 2], note: null, mixed: 5, nested: { a: 1 } },
    { title: 'B', year: null, tags: [], mixed: 'x', long: 'x'.repeat(129), lists: [[1]] },
  ];
  const expected = { mixed: 'keyword', scores: 'number', seen: 'boolean', tags: 'keyword', year: 'number' };
  expect(infer(documents, { fields: ['title'] })).toEqual(expected);
  expect(JSON.stringify(infer(documents.toReversed(), { fields: ['title'] }))).toBe(
    JSON.stringify(infer(documents, { fields: ['title'] })),
  );
});

describe('what stands in texts', () => {
  it.each([
    [['1979', '1986', ''], 'number'],
    [['-3.5', ' 0.25 ', '0', 7], 'number'],
    [['4.0', '4.55', '12'], 'number'],
    [['12.50', '3.20'], 'number'],
    [['0.30000000000000004'], 'number'],
    [['1979', ['1986', '1992']], 'number'],
    [['1979', 'unknown'], 'keyword'],
    // What stands for nothing says nothing of the others.
    [['1979', 'n/a', 'NA', '#N/A', 'NaN', 'NULL', 'None', '\\N', '-'], 'number'],
    [['true', 'NA'], 'boolean'],
    [['2024-01-15', 'null'], 'date'],
    [['NA', 'DE'], 'keyword'],
    [['NA'], 'keyword'],
    // Codes, telephones, versions, and what other languages call numbers.
    [['94110', '00123'], 'keyword'],
    [['+4930123456', '4930123456'], 'keyword'],
    [['030 123', '555-1234'], 'keyword'],
    [['1.2.3'], 'keyword'],
    [['1.9', '1.10'], 'keyword'],
    [['2', '1.10'], 'keyword'],
    [['1e5'], 'keyword'],
    [['nano', '5'], 'keyword'],
    [['Infinity'], 'keyword'],
    [['0x1F'], 'keyword'],
    [['1,234'], 'keyword'],
    // Digits that a number would lose.
    [['9007199254740993', '5'], 'keyword'],
    [['99999999999999.99'], 'keyword'],
    [['2024-01-15', '2023-12-31'], 'date'],
    [['2024-01-15T10:30:00Z', '2024-01-15 10:30:00.123+02:00', '2024-01-15'], 'date'],
    [['1979', '1979-05', '1979-05-25'], 'date'],
    [[1979, '1979-05-25'], 'date'],
    [['2024-01', '2024-02'], 'keyword'],
    [['2024-02-30'], 'keyword'],
    [['15/01/2024'], 'keyword'],
    [['2024-01-15', 'soon'], 'keyword'],
    [['true', 'FALSE', ''], 'boolean'],
    [[true, 'false'], 'boolean'],
    [['yes', 'no'], 'keyword'],
    [['true', '1'], 'keyword'],
    [['', ' '], 'keyword'],
    [[[]], 'keyword'],
  ] as const)('%j is %s', (values, type) => {
    expect(typeOf(...(values as readonly FieldValue[]))).toBe(type);
  });
});

it('leaves ids as they are written, and titles texts', () => {
  const documents = [
    { id: '5', title: '1917', year: '2019', name: 'a' },
    { id: '7', title: '300', year: '2006', name: 'b' },
  ];
  expect(infer(documents, { fields: ['title', 'name', 'year'], idField: 'id' })).toEqual({ id: 'keyword', year: 'number' });
  expect(infer([{ id: 5 }], { idField: 'id' })).toEqual({ id: 'number' });
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
