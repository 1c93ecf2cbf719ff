import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../src/cli/commands.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { ran } from './support/ran.ts';

const commands = await allCommands();

const cwd = workFolder();
const films = [
  {
    id: 'bats',
    title: 'Night Flight',
    overview: 'A masked hero who fears bats makes them his sign and cleans up his city.',
    year: 2005,
    tagline: null,
  },
  { id: 'whale', title: 'The White Whale', overview: 'A captain hunts the whale that took his leg.', year: 1956, tagline: 'Call me.' },
  {
    id: 'heist',
    title: 'Four Safes',
    overview: 'Thieves empty a bank in one night and then mistrust each other.',
    year: 1971,
    tagline: '',
  },
];

/** A command that must succeed and be silent on standard error. */
const printed = async (words: readonly string[], input?: string): Promise<string> => {
  const { status, stdout, stderr } = await finetooth(words, { cwd, ...(input === undefined ? {} : { input }) });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
};
const json = async (words: readonly string[], input?: string) =>
  JSON.parse(await printed([...words, '--json'], input)) as Record<string, unknown>;

beforeAll(async () => {
  writeFileSync(join(cwd, 'films.json'), JSON.stringify(films));
  await printed(['index', 'films.json', '--fields', 'title,overview', '--into', 'films']);
});

describe('the command line', () => {
  it('search --json prints what the docs promise', async () => {
    const answer = await json(['search', 'super hero and bats', '--in', 'films', '--candidates', '3', '--top', '2']);
    expect(answer).toMatchObject({ query: 'super hero and bats', firstStage: 'dense' });
    const results = answer.results as Record<string, unknown>[];
    expect(results).toHaveLength(2);
    expect(results[0]).toEqual({
      id: 'bats',
      index: 0,
      relevanceScore: expect.any(Number),
      level: expect.stringMatching(/^(un)?likely$/),
      rank: 1,
      firstStageRank: 1,
      firstStageScore: expect.any(Number),
      document: films[0],
      snippet: { text: films[0]?.overview, start: 13, end: 85, sentence: [0, 72], matches: expect.any(Array) },
    });
    const { text, matches } = (results[0] as { snippet: { text: string; matches: [number, number][] } }).snippet;
    expect(matches.map((span) => text.slice(...span))).toEqual(['hero', 'bats']);
    expect(Object.keys(answer.timings as object).sort()).toEqual(['embed', 'rerank', 'retrieve', 'total']);
    for (const stage of ['bm25', 'hybrid']) {
      const other = await json([
        'search',
        'captain of a whale ship',
        '--in',
        'films',
        '--first-stage',
        stage,
        '--reranker',
        'none',
        '--top',
        '1',
      ]);
      expect((other.results as { id: string }[])[0]?.id).toBe('whale');
      expect(other.rankedBy).toBeNull();
    }
  });

  it('search prints a list with the sentences that matter', async () => {
    const text = await printed(['search', 'bank robbers', '--in', 'films', '--top', '2']);
    expect(text).toMatch(
      /^ {2}1 {2}0\.\d{3} {2}(?:high|likely|unlikely) +Four Safes(?: {2}was \d)?\n {5}heist\n {5}Thieves empty a bank in one night and then mistrust each other\.\n\n {2}2 /,
    );
    expect(text).toMatch(/3 candidates, 2 shown\. Reranked by .*\nTime: embed .*s, retrieve .*s, rerank .*s, total/);
  });

  it('search --compare prints two lists beside each other', async () => {
    const text = await printed(['search', 'bank robbers', '--in', 'films', '--top', '2', '--compare']);
    expect(text).toContain('first stage: dense');
    expect(text).toMatch(/1 {2}Four Safes .*│ {2}1 {2}Four Safes/);
    expect(text).toMatch(/Time: embed .*s, retrieve .*s, rerank .*s, total/);
  });

  it('rerank takes a file or standard input and needs no index', async () => {
    const fromFile = await json(['rerank', 'who hunts the whale', 'films.json', '--top', '1', '--rank-fields', 'title,overview']);
    expect(fromFile.results).toEqual([
      {
        id: 'whale',
        index: 1,
        relevanceScore: expect.any(Number),
        level: 'high',
        rank: 1,
        document: films[1],
        snippet: expect.objectContaining({ text: films[1]?.overview }),
      },
    ]);
    const lines = `${films.map(({ overview }) => JSON.stringify(overview)).join('\n')}\n`;
    const fromPipe = await json(['rerank', 'who hunts the whale'], lines);
    expect((fromPipe.results as { index: number }[]).map(({ index }) => index)[0]).toBe(1);
    expect((fromPipe.results as object[]).length).toBe(3);
    const { stdout, stderr } = await finetooth(['rerank', 'who hunts the whale', 'films.json', '--top', '2'], { cwd });
    expect(stdout).toMatch(
      /^ {2}1 {2}0\.\d{3} {2}(?:high|likely|unlikely) +The White Whale\n {5}whale \[1\]\n {5}A captain hunts the whale that took his leg\.\n/,
    );
    expect(stderr).toContain('3 documents scored by title, overview');
  });

  it('embed prints one vector a line, of length 1, for documents and for queries', async () => {
    const lines = (await printed(['embed', 'films.json', '--fields', 'title']))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { index: number; id: string; vector: number[] });
    expect(lines.map(({ index, id }) => [index, id])).toEqual([
      [0, 'bats'],
      [1, 'whale'],
      [2, 'heist'],
    ]);
    for (const { vector } of lines) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const query = JSON.parse(await printed(['embed', '--role', 'query'], '["Night Flight"]')) as { vector: number[] };
    expect(query.vector).toHaveLength(384);
    expect(query.vector).not.toEqual(lines[0]?.vector);
  });

  it('index does only what is new, deletes, prunes, and tells what is there', async () => {
    expect(await printed(['index', 'films.json', '--into', 'films'])).toBe(
      'nothing to do: films already holds all 3 documents as they are.\n',
    );
    writeFileSync(
      join(cwd, 'more.jsonl.gz'),
      gzipSync(`${JSON.stringify({ ...films[0], year: 2006 })}\n${JSON.stringify({ id: 'new', title: 'New', overview: 'A new one.' })}\n`),
    );
    expect(await json(['index', 'more.jsonl.gz', '--into', 'films'])).toMatchObject({
      into: 'films',
      added: 1,
      changed: 1,
      unchanged: 0,
      removed: 0,
    });
    expect(await printed(['delete', 'new', 'absent', '--in', 'films'])).toBe(
      '1 document removed from films; 1 of the ids was not there.\n',
    );
    expect(await json(['status', '--in', 'films'])).toMatchObject({
      documents: 3,
      model: 'bge-small-en-v1.5',
      fields: ['title', 'overview'],
      idField: 'id',
      dimensions: 384,
    });
    expect(await json(['index', '-', '--into', 'films', '--prune'], `${JSON.stringify(films[1])}\n`)).toMatchObject({
      unchanged: 1,
      removed: 2,
    });
    expect(await printed(['status', '--in', 'films'])).toMatch(
      /documents {4}1\npassages {5}1\nmodel {8}bge-small-en-v1\.5@int8 \(384 numbers per vector\)/,
    );
    await printed(['index', 'films.json', '--into', 'films', '--prune', '--json']);
  });

  it('indexes a folder of texts, and finds by path', async () => {
    mkdirSync(join(cwd, 'notes', 'deep'), { recursive: true });
    writeFileSync(join(cwd, 'notes', 'bread.md'), '# Bread\n\nFlour, water, salt and time.\n');
    writeFileSync(
      join(cwd, 'notes', 'deep', 'sea.html'),
      '<html><head><title>Sea</title><script>var x = "bread";</script></head><body><p>Currents &amp; tides.</p></body></html>',
    );
    expect(await json(['index', 'notes', '--into', 'notes-index'])).toMatchObject({ added: 2 });
    const answer = await json(['search', 'how to bake', '--in', 'notes-index', '--top', '1']);
    expect((answer.results as { id: string }[])[0]?.id).toBe('bread.md');
  });

  it('rebuilds in place, and a rebuild that fails leaves the index as it was', async () => {
    writeFileSync(join(cwd, 'broken.json'), '[{"id": "a", "title": "x"}, {"id":');
    const failed = await finetooth(['index', 'broken.json', '--into', 'films', '--rebuild'], { cwd });
    expect(failed.status).toBe(3);
    expect(await json(['status', '--in', 'films'])).toMatchObject({ documents: 3, fields: ['title', 'overview'] });
    expect(await json(['index', 'films.json', '--into', 'films', '--rebuild', '--fields', 'overview'])).toMatchObject({ added: 3 });
    expect(await json(['status', '--in', 'films'])).toMatchObject({ documents: 3, fields: ['overview'] });
  });

  it('lists models, says where they are kept, verifies them, and examines the machine', async () => {
    const { models } = (await json(['models', 'list'])) as { models: { name: string; source: string }[] };
    expect(models.find(({ name }) => name === 'bge-small-en-v1.5')?.source).toBe('bundled');
    expect(await printed(['models', 'where', '--cache', '/somewhere'])).toBe(`${join('/somewhere', 'models')}\n`);
    const { models: verified } = (await json(['models', 'verify'])) as { models: { name: string; status: string }[] };
    expect(verified).toContainEqual(expect.objectContaining({ name: 'bge-small-en-v1.5', status: 'ok' }));
    const { findings } = (await json(['doctor'])) as { findings: { name: string; state: string }[] };
    expect(findings.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'node ok',
      'machine ok',
      'native runtime ok',
      'wasm runtime ok',
      'devices ok',
      'precision ok',
      'store ok',
      'model ok',
      'cross-encoder ok',
      'cache ok',
    ]);
  });

  it('shows progress on a terminal, and in a pipe none of work that takes less than a minute', async (context) => {
    try {
      execFileSync('script', ['--version'], { stdio: 'ignore' });
    } catch {
      context.skip('the program "script", which makes a terminal, is not installed');
    }
    const lines = Array.from({ length: 600 }, (_, i) => JSON.stringify({ id: i, text: `film ${i}` })).join('\n');
    writeFileSync(join(cwd, 'many.jsonl'), lines);
    expect(await printed(['index', 'many.jsonl', '--into', 'piped'])).toMatch(/^piped: 600 added/);
    const { stdout } = await finetooth(['index', 'many.jsonl', '--into', 'shown'], {
      cwd,
      env: { FINETOOTH_QUIET: '' },
      shell: 'script -qec "$(printf "%q " "$@")" /dev/null',
    });
    expect(stdout).toContain('256 documents, ');
    expect(stdout).toContain('shown: 600 added');
  });

  it('ends in silence when its reader has gone', async () => {
    const { status, stdout, stderr } = await finetooth(['embed', 'many.jsonl'], {
      cwd,
      shell: '"$@" | head -n 1; exit $PIPESTATUS',
    });
    expect([stdout.split('\n').length, status, stderr]).toEqual([2, 0, '']);
  });

  it('takes variables where flags are absent, and checks them as flags', async () => {
    const { stderr, status } = await finetooth(['search', 'x', '--in', 'films'], { cwd, env: { FINETOOTH_THREADS: 'many' } });
    expect([status, stderr]).toEqual([2, 'E_USAGE: FINETOOTH_THREADS takes a whole number from 1 to 64; got "many".\n']);
    const { stderr: warned } = await finetooth(['search', 'bats', '--in', 'films', '--runtime', 'wasm', '--json'], {
      cwd,
      env: { FINETOOTH_THREADS: '1' },
    });
    expect(warned).toBe('');
  });

  it.each(commands.map(({ name }) => name))('%s --help shows an example', async (name) => {
    const { stdout: text } = await ran([...name.split(' '), '--help']);
    expect(text).toContain(`Usage: finetooth ${name}`);
    expect(text).toContain('Example:\n  $ ');
    // What goes over the standard output of mcp is JSON anyway.
    if (name !== 'mcp') expect(text).toContain('--json');
  });

  it('says its version, and helps when it is asked nothing', async () => {
    expect(await printed(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await printed([])).toContain('Usage: finetooth');
  });
});
