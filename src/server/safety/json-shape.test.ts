import { expect, it } from 'vitest';
import { excessOf } from './json-shape.ts';

const excess = (text: string): string | undefined => excessOf(new TextEncoder().encode(text), { deepest: 4, mostValues: 5000 });
const names = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `"k${i + from}": 1`).join();

it('counts names of each object apart', () => {
  expect(excess(`{${names(1000)}}`)).toBeUndefined();
  expect(excess(`{${names(1001)}}`)).toBe('holds an object of more than 1000 names');
  expect(excess(`[{${names(900)}}, {${names(900)}}, {"a": {${names(900)}}, ${names(990)}}]`)).toBeUndefined();
  expect(excess(`[{"a": {${names(900)}}, ${names(1000)}}]`)).toBe('holds an object of more than 1000 names');
});

it('counts values of all kinds', () => {
  expect(excess(`[${'1,'.repeat(4998)}1]`)).toBeUndefined();
  expect(excess(`[${'[],'.repeat(5000)}1]`)).toBe('holds more than 5000 values');
  expect(excess(`[${'1,'.repeat(5000)}1]`)).toBe('holds more than 5000 values');
});

it('looks at no letter of a text', () => {
  expect(excess(`{"a": "${',:{['.repeat(5000)}\\"${','.repeat(5000)}\\\\"}`)).toBeUndefined();
  expect(excess(']]]]}}}}')).toBeUndefined();
  expect(excess('"')).toBeUndefined();
});
