import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryIdOf, readLabelQueries } from './queries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-queries-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = async (name: string, content: string | Uint8Array): Promise<[string, string][]> => {
  await writeFile(join(folder, name), content);
  return [...(await readLabelQueries(join(folder, name)))];
};

describe('queries to judge', () => {
  it('are records with an id, or one from their words', async () => {
    const lines = '{"_id": "q1", "text": " a heist "}\n{"id": 7, "query": "bats"}\n{"text": "whales"}\n';
    const expected = [
      ['q1', 'a heist'],
      ['7', 'bats'],
      [queryIdOf('whales'), 'whales'],
    ];
    expect(await read('queries.jsonl', lines)).toEqual(expected);
    expect(await read('queries.jsonl.gz', gzipSync(lines))).toEqual(expected);
  });

  it('are the lines of a text, whose ids do not depend on their place', async () => {
    const first = await read('queries.txt', 'a heist\n\n  bats \r\na heist\n');
    expect(first).toEqual([
      [queryIdOf('a heist'), 'a heist'],
      [queryIdOf('bats'), 'bats'],
    ]);
    expect(new Map(await read('more.queries', 'new\nbats\na heist\n')).get(queryIdOf('bats'))).toBe('bats');
    expect(queryIdOf('bats')).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a.txt', '{"text": "bats"}\n', 'E_INPUT_FORMAT', /line 1 looks like JSON.*\.jsonl/],
    ['a.jsonl', '{"_id": "q1"}\n', 'E_INPUT_FORMAT', /line 1 has no "text"/],
    ['a.jsonl', '{"_id": "q1", "text": " "}\n', 'E_INPUT_FORMAT', /line 1 has no "text"/],
    ['a.jsonl', '{"_id": ["q"], "text": "bats"}\n', 'E_INPUT_FORMAT', /an id is a text or a number/],
    ['a.jsonl', '{"_id": "q\\t1", "text": "bats"}\n', 'E_INPUT_FORMAT', /"q\\t1".*neither tabs nor line ends/],
    ['a.jsonl', '{"_id": "q\\n1", "text": "bats"}\n', 'E_INPUT_FORMAT', /neither tabs nor line ends/],
    ['a.jsonl', '{"_id": "", "text": "bats"}\n', 'E_INPUT_FORMAT', /empty id/],
    ['a.jsonl', '{"_id": "q", "text": "bats"}\n{"_id": "q", "text": "cats"}\n', 'E_DUPLICATE_ID', /line 2: the id "q"/],
    ['a.txt', '\n\n', 'E_INPUT_EMPTY', /blank lines/],
  ])('%s with %j is %s', async (name, content, code, message) => {
    await expect(read(name, content)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
