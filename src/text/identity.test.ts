import { describe, expect, it } from 'vitest';
import { derivedId, hashOfDocument } from './identity.ts';

describe('hashOfDocument', () => {
  it('does not depend on the order of fields, and does on everything else', () => {
    expect(hashOfDocument({ a: 1, b: { c: 2, d: [3, null] } })).toBe(hashOfDocument({ b: { d: [3, null], c: 2 }, a: 1 }));
    const others = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: null }, {}, { a: { '0': 1 } }, { A: 1 }, { a: [1, 2] }, { a: [[1], 2] }];
    expect(new Set(others.map(hashOfDocument)).size).toBe(others.length);
  });
});

describe('derivedId', () => {
  it('numbers documents that are the same to the letter', () => {
    expect(derivedId('0123456789abcdef0123', 1)).toBe('0123456789abcdef');
    expect(derivedId('0123456789abcdef0123', 2)).toBe('0123456789abcdef-2');
  });
});
