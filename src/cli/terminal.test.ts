import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finetooth, workFolder } from '../../test/finetooth.ts';
import { harmless } from '../wording/terminal-text.ts';
import { jsonLine } from './terminal.ts';

/** Sets a title, clears the screen, colours, rings, turns text around, and begins a command with one character of eight bits. */
const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[31m evil \u202e\u009b2J\r\u2066';
/** None of them but line ends and tabs. */
const commands = /(?![\n\t\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;

describe('text for people', () => {
  it('has a mark for what could command a terminal; emoji stay whole', () => {
    expect(harmless(evil)).not.toMatch(commands);
    expect(harmless('a \n b')).toBe('a b');
    expect(harmless('👨\u200d💻')).toBe('👨\u200d💻');
  });
  it('is data in JSON: escaped, and read as the same', () => {
    const value = { [evil]: evil, tag: '\u{e0001}', joined: '👨\u200d💻' };
    expect(jsonLine(value)).not.toMatch(commands);
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });
});

describe('a stranger who wrote a document commands no terminal', () => {
  const folder = workFolder();
  const file = (name: string, documents: readonly object[]): string => {
    const path = join(folder, name);
    writeFileSync(path, documents.map((one) => JSON.stringify(one)).join('\n'));
    return path;
  };
  const films = file('films.jsonl', [
    { id: `a${evil}`, title: `${evil} title`, text: `bats fly ${evil} at night` },
    { id: 'b', title: 'Wheat', text: 'the price of bread' },
  ]);
  const index = join(folder, 'index');

  it.each<[string, () => readonly string[], number]>([
    ['an index', () => ['index', films, '--into', index, '--id', 'id', '--fields', 'title,text'], 0],
    ['a search', () => ['search', `bats ${evil}`, '--in', index, '--explain'], 0],
    ['a search that finds nothing', () => ['search', `bats ${evil}`, '--in', index, '--reranker', 'none', '--first-stage', 'bm25'], 0],
    ['a search as JSON', () => ['search', 'bats', '--in', index, '--explain', '--json'], 0],
    ['a rerank', () => ['rerank', 'bats', films, '--explain'], 0],
    ['vectors', () => ['embed', films], 0],
    [
      'the same id twice',
      () => [
        'index',
        file('twice.jsonl', [
          { id: evil, text: 'a' },
          { id: evil, text: 'b' },
        ]),
        '--into',
        join(folder, 'i2'),
        '--id',
        'id',
      ],
      3,
    ],
    ['a field that is not there', () => ['rerank', 'bats', file('field.jsonl', [{ [`x${evil}`]: 'a' }]), '--rank-fields', `y${evil}`], 3],
    ['a file that is not there', () => ['rerank', 'bats', join(folder, `z${evil}\nE_OK: fine`)], 3],
    ['an error as JSON', () => ['rerank', 'bats', join(folder, `z${evil}`), '--json'], 3],
    ['a flag that does not exist', () => ['search', `--${evil}`], 2],
  ])('by %s', async (_, words, status) => {
    const outcome = await finetooth(words());
    expect([outcome.status, outcome.stderr.slice(0, 300)]).toEqual([status, expect.any(String)]);
    expect(outcome.stdout).not.toMatch(commands);
    expect(outcome.stderr).not.toMatch(commands);
    expect(outcome.stderr).not.toMatch(/^E_OK/m);
    if (status === 0 && words().includes('--json'))
      expect(JSON.stringify(JSON.parse(outcome.stdout))).toContain(JSON.stringify(evil).slice(1, -1));
  });
});
