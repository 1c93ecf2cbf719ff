import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finetooth, workFolder } from './finetooth.ts';

/** Every wrong input has its exact sentence and its exit status, and writes nothing to standard output. */
const cwd = workFolder();
const failing = async (words: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await finetooth(words, { cwd });
  expect(stdout).toBe('');
  return `${status} ${stderr.trimEnd()}`;
};

beforeAll(async () => {
  writeFileSync(
    join(cwd, 'films.jsonl'),
    '{"id":"a","title":"Alien","overview":"A crew meets it."}\n{"id":"b","title":"Jaws","overview":"A shark."}\n',
  );
  writeFileSync(join(cwd, 'empty.jsonl'), '');
  writeFileSync(join(cwd, 'broken.jsonl'), '{"title":"Alien"}\n{"title":"Jaws"}\n{"title":"Brok\n{"title":"Heat"}\n');
  writeFileSync(join(cwd, 'twice.jsonl'), '{"id":"a","title":"Alien"}\n{"id":"b","title":"Jaws"}\n{"id":"a","title":"Aliens"}\n');
  mkdirSync(join(cwd, 'photos'));
  writeFileSync(join(cwd, 'photos', 'beach.jpg'), 'x');
  const made = await finetooth(['index', 'films.jsonl', '--into', 'films', '--fields', 'title,overview'], { cwd });
  expect(made.stderr).toBe('');
  expect(made.status).toBe(0);
});

describe('wrong inputs', () => {
  it('a missing file', async () => {
    expect(await failing(['index', 'flims.jsonl', '--into', 'new'])).toBe(
      '3 E_INPUT_MISSING: flims.jsonl does not exist. Did you mean films.jsonl?',
    );
  });

  it('a command that is only begun', async () => {
    expect(await failing(['models'])).toBe('2 E_USAGE: this command needs another word, such as list or pull. See "finetooth --help".');
    expect((await finetooth(['models', '--help'], { cwd })).status).toBe(0);
  });

  it('an empty file', async () => {
    expect(await failing(['index', 'empty.jsonl', '--into', 'new'])).toBe(
      '3 E_INPUT_EMPTY: empty.jsonl is empty (0 bytes). Check the command that wrote it.',
    );
  });

  it('broken JSON on line 3', async () => {
    expect(await failing(['index', 'broken.jsonl', '--into', 'new'])).toMatch(
      /^3 E_INPUT_FORMAT: broken\.jsonl line 3 is not JSON: .*\. It begins with "\{"title":"Brok"\. Correct it or take it out\.$/,
    );
  });

  it('a field that no document has', async () => {
    expect(await failing(['index', 'films.jsonl', '--into', 'new', '--fields', 'titel,overview'])).toBe(
      '3 E_FIELD: no document has the field "titel" (did you mean "title"?); the fields are id, title, overview.',
    );
    expect(await failing(['search', 'x', '--in', 'films', '--rank-fields', 'tagline'])).toBe(
      '3 E_FIELD: no candidate has the field "tagline" to rank by; their fields are id, title, overview.',
    );
  });

  it('duplicate ids', async () => {
    expect(await failing(['index', 'twice.jsonl', '--into', 'new'])).toBe(
      '3 E_DUPLICATE_ID: twice.jsonl line 3 has the id "a", which twice.jsonl line 1 has too. Ids must differ; change one of them, or name another field with --id.',
    );
  });

  it('a query of spaces', async () => {
    expect(await failing(['search', '   ', '--in', 'films'])).toBe('2 E_QUERY: the query is only white space: give it at least one word.');
    expect(await failing(['rerank', '', 'films.jsonl'])).toBe('2 E_QUERY: the query is empty: give it at least one word.');
  });

  it('an index built by another model', async () => {
    cpSync(join(import.meta.dirname, '..', 'models', 'bge-small-en-v1.5'), join(cwd, 'my-model'), {
      recursive: true,
      filter: (name) => !/\.(md)$|LICENSE|package\.json/.test(name),
    });
    writeFileSync(
      join(cwd, 'my-model', 'finetooth.json'),
      JSON.stringify({ dimensions: 384, pooling: 'mean', maxTokens: 512, precision: 'int8', prefix: { query: '', document: '' } }),
    );
    const made = await finetooth(['index', 'films.jsonl', '--into', 'other', '--embedder', './my-model'], { cwd });
    expect(made.stderr).toBe('');
    expect(await failing(['search', 'x', '--in', 'other', '--embedder', 'bge-small-en-v1.5'])).toBe(
      '4 E_FINGERPRINT: other holds vectors of "my-model@int8" (384 numbers); the embedder is "bge-small-en-v1.5@int8". Rebuild it with "finetooth index SOURCE --into other --rebuild --embedder bge-small-en-v1.5", or leave --embedder out.',
    );
    const rebuilt = await finetooth(['index', 'films.jsonl', '--into', 'other', '--rebuild', '--embedder', 'bge-small-en-v1.5', '--json'], {
      cwd,
    });
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({ added: 2 });
    expect((await finetooth(['search', 'x', '--in', 'other'], { cwd })).status).toBe(0);
  });

  it('a folder that is not an index', async () => {
    expect(await failing(['search', 'x', '--in', 'photos'])).toBe(
      '4 E_INDEX_MISSING: photos is not an index. Make one with "finetooth index SOURCE --into photos".',
    );
    expect(await failing(['index', 'films.jsonl', '--into', 'photos'])).toBe(
      '4 E_INDEX_MISSING: photos is not an index and is not empty (it holds beach.jpg): name a new or an empty folder.',
    );
  });

  it('a full disk', async (context) => {
    const disk = join(cwd, 'disk');
    mkdirSync(disk);
    const words = Array.from({ length: 600 }, (_, i) =>
      JSON.stringify({ id: String(i), text: `word${i} `.repeat(40), filler: 'x'.repeat(2000) }),
    ).join('\n');
    writeFileSync(join(cwd, 'many.jsonl'), words);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('a small file system cannot be mounted here');
    }
    try {
      expect(await failing(['index', 'many.jsonl', '--into', 'disk/full', '--fields', 'text'])).toBe(
        '6 E_DISK_FULL: cannot write to disk/full: the disk is full. What was acknowledged before is kept; make room and run the same command again.',
      );
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('a file that may not grow', async () => {
    const { status, stderr } = await finetooth(['index', 'many.jsonl', '--into', 'limited', '--fields', 'text'], {
      cwd,
      shell: 'ulimit -f 128; exec "$@"',
    });
    expect(`${status} ${stderr.trimEnd()}`).toBe(
      '6 E_DISK_FULL: cannot write to limited: a file may not grow beyond the limit of this process. What was acknowledged before is kept; make room and run the same command again.',
    );
    const { status: full, stderr: said } = await finetooth(['embed', 'films.jsonl'], { cwd, shell: 'exec "$@" > /dev/full' });
    expect(`${full} ${said.trimEnd()}`).toBe(
      '6 E_DISK_FULL: cannot write to standard output: the disk is full. What was acknowledged before is kept; make room and run the same command again.',
    );
  });

  it('Ctrl-C in the middle', async () => {
    const lines = Array.from({ length: 4000 }, (_, i) =>
      JSON.stringify({ id: String(i), text: `film number ${i} about a whale and a captain ${'at sea '.repeat(20)}` }),
    );
    writeFileSync(join(cwd, 'long.jsonl'), lines.join('\n'));
    const { status, stdout, stderr } = await finetooth(['index', 'long.jsonl', '--into', 'long'], {
      cwd,
      shell: '"$@" & child=$!; while [ ! -e long ] && kill -0 $child; do sleep .1; done; sleep 1; kill -INT $child; wait $child',
    });
    expect(stdout).toBe('');
    expect(status).toBe(130);
    // On a slow machine the first batch is not through by then.
    const none = 'E_STOPPED: stopped. Nothing of this run was stored yet; the same command begins again.\n';
    if (stderr === none) return expect((await finetooth(['status', '--in', 'long'], { cwd })).status).toBe(4);
    expect(stderr).toMatch(
      /^E_STOPPED: stopped\. (\d[\d,]*) documents of this run are stored in long; the same command goes on from there\.\n$/,
    );
    const acknowledged = Number(/stopped\. ([\d,]+)/.exec(stderr)?.[1]?.replaceAll(',', ''));
    const { stdout: state } = await finetooth(['status', '--in', 'long', '--json'], { cwd });
    expect((JSON.parse(state) as { documents: number }).documents).toBeGreaterThanOrEqual(acknowledged);
  });

  it('wrong flags, values and commands get a suggestion', async () => {
    expect(await failing(['search', 'x', '--in', 'films', '--topp', '3'])).toBe(
      '2 E_USAGE: unknown option \'--topp\' (Did you mean --top?) See "finetooth --help".',
    );
    expect(await failing(['serach', 'x'])).toBe('2 E_USAGE: unknown command \'serach\' (Did you mean search?) See "finetooth --help".');
    expect(await failing(['search', 'x', '--in', 'films', '--first-stage', 'bm52'])).toBe(
      '2 E_USAGE: --first-stage takes one of dense, bm25, hybrid, late-interaction, sparse, sparse+dense, sparse+bm25, sparse+bm25+dense (did you mean "bm25"?); got "bm52".',
    );
    expect(await failing(['search', 'x', '--in', 'films', '--candidates', '2.5'])).toBe(
      '2 E_USAGE: --candidates takes a whole number from 1 to 10000; got "2.5".',
    );
    expect(await failing(['search', 'x'])).toBe('2 E_USAGE: search needs --in INDEX: a folder, or the address of an index in a database.');
  });

  it('an error is one JSON object where JSON was asked for', async () => {
    const { status, stdout, stderr } = await finetooth(['search', 'x', '--in', 'nowhere', '--json'], { cwd });
    expect([status, stdout]).toEqual([4, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'E_INDEX_MISSING', message: 'nowhere is not an index. Make one with "finetooth index SOURCE --into nowhere".' },
    });
  });

  it('none of them left anything behind', async () => {
    expect(await failing(['status', '--in', 'new'])).toBe(
      '4 E_INDEX_MISSING: new is not an index. Make one with "finetooth index SOURCE --into new".',
    );
  });
});
