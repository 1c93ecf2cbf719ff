import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { readDocuments } from './read.ts';

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
