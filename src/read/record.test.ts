import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { readDocuments } from './read.ts';
import { parseDocument } from './record.ts';

useTemporaryFolder();

describe('NaN from Python', () => {
  it.each([
    ['n.jsonl', '{"text": NaN}\n'],
    ['n.json', '[{"text": "a", "score": -Infinity}]'],
    ['l.jsonl', '{"scores": [1, NaN, 2]}\n'],
  ])('is refused in %s with the way out', async (name, content) => {
    writeFileSync(name, content);
    expect(await errorOf(readDocuments(name))).toMatch(
      /is not JSON: .*NaN and Infinity are no JSON, although Python writes them: write null instead/,
    );
  });

  it('is not suspected in a text', async () => {
    writeFileSync('t.jsonl', '{"text": "a: NaN, b"\n');
    expect(await errorOf(readDocuments('t.jsonl'))).toMatch(/Correct it or take it out\.$/);
  });
});

describe('parseDocument', () => {
  const names = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()}}`;

  it.each([
    ['of more names than an object may have', names(3_000_000), 'holds an object of more than 10000 names'],
    ['of more values than a document may have', `{"a":[${'[],'.repeat(1_000_000)}1]}`, 'holds more than 1000000 values'],
    ['deeper than a document may be', `{"a":${'['.repeat(1_000_000)}`, 'is nested more than 512 levels deep'],
  ])('refuses one %s before it is parsed', (_, text, reason) => {
    const before = process.memoryUsage().heapUsed;
    expect(() => parseDocument(text, 'x.jsonl line 1')).toThrow(`x.jsonl line 1 ${reason}. Flatten it or take it out.`);
    expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(100);
  });

  it('takes one that is as large as it may be', () => {
    expect(Object.keys(parseDocument(names(10_000), 'x').document).length).toBe(10_000);
  });
});
