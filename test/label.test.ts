import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finetooth, type Invocation, workFolder } from './finetooth.ts';

const cwd = workFolder();
const films = [
  { id: 'bats', title: 'Night Flight', overview: 'A masked hero who fears bats makes them his sign and cleans up his city.' },
  { id: 'whale', title: 'The White Whale', overview: 'A captain hunts the whale that took his leg.' },
  { id: 'heist', title: 'Four Safes', overview: 'Thieves empty a bank in one night and then mistrust each other.' },
];
const header = 'query-id\tcorpus-id\tscore\n';

beforeAll(async () => {
  writeFileSync(join(cwd, 'films.json'), JSON.stringify(films));
  writeFileSync(join(cwd, 'queries.jsonl'), '{"_id":"q1","text":"a bank robbery"}\n{"_id":"q2","text":"a hunt at sea"}\n');
  const { status, stderr } = await finetooth(['index', 'films.json', '--fields', 'title,overview', '--into', 'films'], { cwd });
  expect([status, stderr]).toEqual([0, '']);
});

const label = (keys: string, words: readonly string[] = [], invocation: Invocation = {}) =>
  finetooth(['label', ...(words.includes('--in') ? [] : ['--in', 'films']), ...words], { cwd, input: keys, ...invocation });
const judgmentsIn = (folder: string): string[][] =>
  readFileSync(join(cwd, folder, 'qrels.tsv'), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split('\t'));
/** Titles in the order in which they were shown. */
const titlesIn = (stderr: string): string[] =>
  films
    .flatMap(({ title }) => [...stderr.matchAll(new RegExp(`^${title}$`, 'gm'))].map(({ index }) => ({ title, index })))
    .sort((a, b) => a.index - b.index)
    .map(({ title }) => title);
/** Keys, and then a pipe that does not end: the command waits for the next one when it gets the signal. */
const waiting = (keys: string, until: string, signal: NodeJS.Signals): Invocation => {
  let sent = false;
  return {
    shell: `exec "$@" < <(printf ${keys}; exec sleep 20 2>/dev/null)`,
    watch: (stderr, child) => {
      if (!sent && stderr.includes(until)) sent = child.kill(signal);
    },
  };
};

describe('finetooth label', () => {
  it('writes a judgment a key, goes on where it stopped, and shows what was skipped again', async () => {
    const words = ['--queries', 'queries.jsonl', '--judgments', 'set'];
    const first = await label('3s', [...words, '--json']);
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({ queries: 1, judged: 1, skipped: 1, into: 'set', qrels: 'set/qrels.tsv' });
    const shown = titlesIn(first.stderr);
    expect([...shown].sort()).toEqual(films.map(({ title }) => title).sort());
    expect(first.stderr).toContain('1 of 3 for this query, 0 judged in all');
    const idOf = (title: string | undefined): string => films.find((film) => film.title === title)?.id as string;
    expect(judgmentsIn('set')).toEqual([['q1', idOf(shown[0]), '3']]);

    const second = await label('0 1 n', words);
    expect(second.stderr).toContain('2 of 3 for this query, 1 judged in all');
    expect(titlesIn(second.stderr).slice(0, 2)).toEqual(shown.slice(1));
    expect(second.stdout).toBe('2 judgments of 1 query, 0 skipped: set\n');
    expect(judgmentsIn('set').map(([query, id, grade]) => [query, id, grade])).toEqual([
      ['q1', idOf(shown[0]), '3'],
      ['q1', idOf(shown[1]), '0'],
      ['q1', idOf(shown[2]), '1'],
    ]);

    const third = await label('222', words);
    expect(third.stderr).toContain('All judged already: "a bank robbery".');
    expect(third.stderr).toContain('Nothing is left to judge here.');
    expect(judgmentsIn('set')).toHaveLength(6);
    expect(readFileSync(join(cwd, 'set', 'queries.jsonl'), 'utf8')).toBe(readFileSync(join(cwd, 'queries.jsonl'), 'utf8'));

    const fourth = await label('222', words);
    expect(fourth.stdout).toBe('0 judgments of 0 queries, 0 skipped: set\n');
  });

  it('takes back with u, also the very last one, and says which keys there are not', async () => {
    const { stderr } = await label('uz1u22n000u3', ['--queries', 'queries.jsonl', '--judgments', 'undone']);
    expect(stderr).toContain('There is nothing to take back.');
    expect(stderr).toContain('There is no key "z".');
    expect(stderr).toContain('Taken back: a 1.');
    expect(judgmentsIn('undone').map(([query, , grade]) => `${query} ${grade}`)).toEqual(['q1 2', 'q1 2', 'q2 0', 'q2 0', 'q2 3']);
  });

  it('takes as many of each list as --depth says, and queries a line each', async () => {
    writeFileSync(join(cwd, 'lines.txt'), 'captain of a whale ship\n');
    const { stderr } = await label('3', ['--queries', 'lines.txt', '--depth', '1']);
    expect(stderr).toContain('1 of 1 for this query');
    expect(judgmentsIn('films-judgments')).toEqual([[expect.stringMatching(/^[0-9a-f]{16}$/), 'whale', '3']]);
  });

  it('loses nothing when it is killed, mends the line that was cut, and takes over the lock', async () => {
    const words = ['--queries', 'queries.jsonl', '--judgments', 'killed'];
    const { status } = await label('', words, waiting('12', '3 of 3 for this query', 'SIGKILL'));
    expect(status).toBe(137);
    const path = join(cwd, 'killed', 'qrels.tsv');
    const before = readFileSync(path, 'utf8');
    expect(before.split('\n')).toHaveLength(4);
    writeFileSync(path, `${before}q1\twha`);
    const longAgo = Date.now() / 1000 - 60;
    if (existsSync(`${path}.lock`)) utimesSync(`${path}.lock`, longAgo, longAgo);
    const { stderr } = await label('3', words);
    expect(stderr).toContain('"q1\\twha", was cut off and is dropped');
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${before}q1\\t[a-z]+\\t3\\n$`));
  });

  it('keeps what was judged when it is stopped', async () => {
    const words = ['--queries', 'queries.jsonl', '--judgments', 'stopped'];
    const { status, stderr } = await label('', words, waiting('1', '2 of 3 for this query', 'SIGTERM'));
    expect(status).toBe(130);
    expect(stderr).toContain('What was judged is kept: 1 judgment in stopped.');
    expect(stderr).toContain('E_STOPPED: stopped by SIGTERM.');
    expect(judgmentsIn('stopped')).toHaveLength(1);
    expect(existsSync(join(cwd, 'stopped', 'qrels.tsv.lock'))).toBe(false);
  });

  it('says that the disk is full, and keeps every line whole', async () => {
    mkdirSync(join(cwd, 'full'));
    const path = join(cwd, 'full', 'qrels.tsv');
    // Five bytes below the limit: the next line would be torn.
    const filled = `${header}other\t${'x'.repeat(1024 - 5 - header.length - 'other\t\t1\n'.length)}\t1\n`;
    expect(filled).toHaveLength(1019);
    writeFileSync(path, filled);
    const { status, stderr } = await label('123', ['--queries', 'queries.jsonl', '--judgments', 'full'], {
      shell: 'ulimit -f 1; exec "$@"',
    });
    expect(stderr).toMatch(/E_DISK_FULL: cannot write to .*qrels\.tsv: a file may not grow/);
    expect(status).toBe(6);
    expect(readFileSync(path, 'utf8')).toBe(filled);
  });

  it.each([
    [[], 'E_USAGE', 2, '--queries'],
    [['--queries', '-'], 'E_USAGE', 2, 'standard input'],
    [['--queries', 'queries.jsonl', '--judgments', 'films'], 'E_USAGE', 2, 'films is an index'],
    [['--queries', 'none.jsonl'], 'E_INPUT_MISSING', 3, 'none.jsonl'],
    [['--queries', 'queries.jsonl', '--in', 'nothing'], 'E_INDEX_MISSING', 4, 'nothing is not an index'],
    [['--queries', 'queries.jsonl', '--judgments', 'trec'], 'E_INPUT_FORMAT', 3, 'another form'],
    [['--queries', 'queries.jsonl', '--judgments', 'mixed'], 'E_DUPLICATE_ID', 3, 'its judgments would be mixed'],
  ])('refuses %j', async (words, code, exit, part) => {
    mkdirSync(join(cwd, 'trec'), { recursive: true });
    writeFileSync(join(cwd, 'trec', 'qrels.tsv'), 'q1 0 bats 1\n');
    mkdirSync(join(cwd, 'mixed'), { recursive: true });
    writeFileSync(join(cwd, 'mixed', 'queries.jsonl'), '{"_id":"q1","text":"bats"}\n');
    const { status, stderr, stdout } = await label('3', words);
    expect(stderr).toContain(`${code}: `);
    expect(stderr).toContain(part);
    expect([status, stdout]).toEqual([exit, '']);
  });

  it('refuses documents whose ids a table cannot hold', async () => {
    writeFileSync(join(cwd, 'tabs.json'), JSON.stringify([{ id: 'a\tb', title: 'Whales' }]));
    await finetooth(['index', 'tabs.json', '--into', 'tabs'], { cwd });
    const { stderr, status } = await label('3', ['--queries', 'queries.jsonl', '--in', 'tabs']);
    expect(stderr).toMatch(/E_INPUT_FORMAT: a document of the index has the id "a\\tb"/);
    expect(status).toBe(3);
    expect(existsSync(join(cwd, 'tabs-judgments'))).toBe(false);
  });
});
