import { expect, it } from 'vitest';
import { excessOf } from './json-shape.ts';

const excess = (text: string): string | undefined => excessOf(text, { deepest: 4, mostValues: 50_000 });
const names = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `"k${i + from}": 1`).join();

it('counts names of each object apart', () => {
  expect(excess(`{${names(10_000)}}`)).toBeUndefined();
  expect(excess(`{${names(10_001)}}`)).toBe('holds an object of more than 10000 names');
  expect(excess(`[{${names(9000)}}, {${names(9000)}}, {"a": {${names(9000)}}, ${names(9990)}}]`)).toBeUndefined();
  expect(excess(`[{"a": {${names(9000)}}, ${names(10_000)}}]`)).toBe('holds an object of more than 10000 names');
});

it('counts values of all kinds', () => {
  expect(excess(`[${'1,'.repeat(49_998)}1]`)).toBeUndefined();
  expect(excess(`[${'[],'.repeat(50_000)}1]`)).toBe('holds more than 50000 values');
  expect(excess(`[${'1,'.repeat(50_000)}1]`)).toBe('holds more than 50000 values');
});

it('looks at no letter of a text', () => {
  expect(excess(`{"a": "${',:{['.repeat(50_000)}\\"${','.repeat(50_000)}\\\\"}`)).toBeUndefined();
  expect(excess(']]]]}}}}')).toBeUndefined();
  expect(excess('"')).toBeUndefined();
});
