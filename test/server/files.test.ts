import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFileAnswer, inspectAnswer } from '../../src/server/files/forms.ts';
import { framesIn } from '../../src/server/files/frames.ts';
import { createFileRoom } from '../../src/server/files/received-file.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { docxOf, paragraphOf } from '../support/made-documents.ts';
import { smallDisk } from '../support/small-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-files-'));
const csv = (rows: readonly (readonly [number, string])[]): string =>
  `id,title,year\n${rows.map(([id, title]) => `${id},${title},${1990 + id}`).join('\n')}\n`;

let server: Server;
beforeAll(async () => {
  server = await serve({ port: 0, version: '0', indexesFolder: join(folder, 'indexes'), fileBytes: 400_000, noKeys: true });
});
afterAll(() => server.close(1000));

type Body = Record<string, never> & { error: { code: string; message: string; param: string | null }; documents: number };
const send = async (path: string, body?: string | Uint8Array | object, init: RequestInit = {}) => {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream || body === undefined;
  const answer = await fetch(server.url + path, { method: 'POST', body: (isPlain ? body : JSON.stringify(body)) as never, ...init });
  return { status: answer.status, body: (await answer.json()) as Body };
};
const add = (index: string, path: string, body: string | Uint8Array, more = '') =>
  send(`/v1/indexes/${index}/files?path=${encodeURIComponent(path)}${more}`, body);
const inspect = (path: string, body: string | Uint8Array, more = '') =>
  send(`/v1/files/inspect?path=${encodeURIComponent(path)}${more}`, body);
const countOf = async (index: string): Promise<number> =>
  ((await (await fetch(`${server.url}/v1/indexes/${index}`)).json()) as Body).documents;
/** Several files as one body. */
const framed = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  Buffer.concat(
    Object.entries(files).flatMap(([path, content]) => {
      const bytes = Buffer.from(content as string);
      return [Buffer.from(`${JSON.stringify({ path, bytes: bytes.length })}\n`), bytes];
    }),
  );
const linesOf = async (path: string, body: Uint8Array | string) => {
  const answer = await fetch(server.url + path, { method: 'POST', body: body as never, headers: { accept: 'application/x-ndjson' } });
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('a packed file that holds more than a file may', () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => [i, 'Bats'] as const);
  const bomb = gzipSync(csv(rows));

  it('is refused by its unpacked bytes when it is looked at, and when it is added', async () => {
    expect(bomb.length).toBeLessThan(400_000);
    const looked = await inspect('bomb.csv.gz', bomb);
    expect([looked.status, looked.body.error.code]).toEqual([422, 'E_INPUT_FORMAT']);
    expect(looked.body.error.message).toMatch(/bomb\.csv\.gz holds more than 400000 bytes once it is unpacked/);
    await send('/v1/indexes', { name: 'packed', fields: ['title'], id_field: 'id' });
    const lines = await linesOf(
      '/v1/indexes/packed/files',
      framed({ 'bomb.jsonl.gz': gzipSync(`{"title": "${'x'.repeat(500_000)}"}`), 'a.csv': csv([[1, 'Bats']]) }),
    );
    expect(lines.at(-1)).toMatchObject({ report: { files: 2, failed: [{ path: 'bomb.jsonl.gz', code: 'E_INPUT_FORMAT' }] } });
    expect(await countOf('packed')).toBe(1);
  });
});

describe('a file that is looked at', () => {
  it('is told with its format, its fields and what an index would make of it', async () => {
    const films = readFileSync(join(import.meta.dirname, '../../samples/films/corpus.jsonl'), 'utf8');
    const { status, body } = await inspect('my films.jsonl', films, '&sample=1');
    expect(status).toBe(200);
    const told = inspectAnswer.strict().parse(body);
    expect(told).toMatchObject({
      path: 'my films.jsonl',
      bytes: Buffer.byteLength(films),
      format: 'jsonl',
      documents: 350,
      complete: true,
    });
    expect([told.text_fields, told.id_field, told.title_field]).toEqual([['title', 'overview'], '_id', 'title']);
    expect(Object.fromEntries(told.fields.map(({ name, type }) => [name, type]))).toEqual({
      _id: 'keyword',
      title: 'text',
      year: 'number',
      director: 'keyword',
      genres: 'keyword',
      tagline: 'keyword',
      overview: 'text',
    });
    expect(told.sample).toEqual([JSON.parse(films.slice(0, films.indexOf('\n')))]);
  });

  it.each([
    ['notes/a.md', '# A\n\nBats hunt by echo.\n', 'text', { title: 'A', path: 'notes/a.md' }],
    ['mail.eml', 'Subject: Bats\nFrom: a@example.org\n\nThey hunt by echo.\n', 'email', { title: 'Bats' }],
    ['table.csv.gz', gzipSync(csv([[1, 'Bats']])), 'csv', { title: 'Bats' }],
    ['data.bin', '{"title": "Bats"}\n', 'jsonl', { title: 'Bats' }],
    ['ümläut 🦇.txt', 'Bats hunt by echo.', 'text', { text: 'Bats hunt by echo.' }],
  ] as const)('is read as the command line reads it: %s', async (path, content, format, document) => {
    expect(await inspect(path, content)).toMatchObject({ status: 200, body: { path, format, sample: [document] } });
  });

  it('comes back with the beginnings of long texts', async () => {
    const { body } = await inspect('long.jsonl', JSON.stringify({ text: 'x'.repeat(9000), list: Array(9000).fill('x'), year: 1990 }));
    expect(inspectAnswer.parse(body).sample).toEqual([
      { text: `${'x'.repeat(2000)}…`, list: expect.stringMatching(/^\["x",.{1990,2010}…$/), year: 1990 },
    ]);
  });

  it('may be a Word document', async () => {
    expect((await inspect('a.docx', await docxOf(paragraphOf('Bats hunt by echo.')))).body).toMatchObject({ format: 'docx', documents: 1 });
  });

  it.each([
    ['torn.jsonl', '{"a": 1}\n{"a": ', 422, 'E_INPUT_FORMAT', 'torn.jsonl line 2 is not JSON'],
    ['none.csv', '', 422, 'E_INPUT_EMPTY', 'none.csv is empty'],
    ['torn.docx', 'PK and nothing', 422, 'E_INPUT_FORMAT', 'torn.docx cannot be read as a Word document'],
    ['what.xyz', 'some words', 422, 'E_INPUT_FORMAT', 'the format of what.xyz cannot be told'],
    ['large.txt', 'x'.repeat(400_001), 413, 'E_TOO_LARGE', 'large.txt has more than 400000 bytes; take it apart'],
  ] as const)('is named with what is wrong: %s', async (path, content, status, code, sentence) => {
    const told = await inspect(path, content);
    expect([told.status, told.body.error?.code, told.body.error?.message]).toEqual([status, code, expect.stringContaining(sentence)]);
  });

  it.each([
    ['../a.md', 'leads out of its folder'],
    ['a/../../b.md', 'leads out of its folder'],
    ['./a.md', 'leads out of its folder'],
    ['/etc/passwd', 'is absolute'],
    ['C:/a.md', 'is absolute'],
    ['a\\b.md', 'holds a backslash'],
    ['a\u0000.md', 'holds characters that no one sees'],
    ['a\nb.md', 'holds characters that no one sees'],
    ['a\u202egnp.md', 'holds characters that no one sees'],
    ['a//b.md', 'has an empty name in it'],
    [' ', 'is empty'],
    ['a'.repeat(1025), 'is longer than 1024 characters'],
  ])('has a path that leads nowhere else: %j', async (path, why) => {
    for (const told of [await inspect(path, 'words'), await add('nowhere', path, 'words')])
      expect([told.status, told.body.error]).toMatchObject([
        400,
        { code: 'E_USAGE', param: 'path', message: expect.stringContaining(why) as string },
      ]);
  });

  it.each([
    ['/v1/files/inspect', 'path: a text; got nothing'],
    ['/v1/files/inspect?path=a.md&sample=0', 'sample:'],
    ['/v1/files/inspect?path=a.md&what=1', '"what"'],
    ['/v1/files/inspect?path=a.md&path=b.md', 'path: a text'],
    ['/v1/indexes/x/files?path=a.md&replace=perhaps', 'replace:'],
    ['/v1/files/inspect?path=a.md&format=nonsense', 'there is no format "nonsense"'],
  ])('is asked for in no other words: %s', async (path, sentence) => {
    const told = await send(path, 'words');
    expect([told.status, told.body.error.message]).toEqual([400, expect.stringContaining(sentence)]);
  });
});

describe('a file that is added', () => {
  beforeAll(async () => {
    await send('/v1/indexes', { name: 'films' });
  });

  it('brings its documents, and changes nothing the second time', async () => {
    const first = await add(
      'films',
      'films.csv',
      csv([
        [1, 'Bats'],
        [2, 'Owls'],
        [3, 'Rats'],
      ]),
    );
    expect(addFileAnswer.parse(first.body)).toMatchObject({ path: 'films.csv', added: 3, unchanged: 0, removed: 0 });
    const again = await linesOf(
      '/v1/indexes/films/files?path=films.csv',
      csv([
        [1, 'Bats'],
        [2, 'Owls'],
        [3, 'Rats'],
      ]),
    );
    expect(again).toMatchObject([{ acknowledged: 0 }, { acknowledged: 3 }, { report: { added: 0, changed: 0, unchanged: 3 } }]);
  });

  it('takes away what it has lost only where that is asked for, and nothing that another file brings', async () => {
    await add(
      'films',
      'others.csv',
      csv([
        [3, 'Rats'],
        [4, 'Cats'],
      ]),
    );
    const kept = await add('films', 'films.csv', csv([[1, 'Bats']]));
    expect([kept.body, await countOf('films')]).toMatchObject([{ unchanged: 1, removed: 0 }, 4]);
    const replaced = await add('films', 'films.csv', csv([[1, 'Bats']]), '&replace=true');
    // 2 was lost; 3 is of the other file too.
    expect([replaced.body, await countOf('films')]).toMatchObject([{ unchanged: 1, removed: 1 }, 3]);
    expect((await add('films', 'films.csv', csv([[1, 'Bats']]), '&replace')).body).toMatchObject({ removed: 0 });
  });

  it('is one of two that come at once', async () => {
    await send('/v1/indexes', { name: 'two' });
    const both = await Promise.all(
      ['a', 'b'].map((name) =>
        add(
          'two',
          `${name}.jsonl`,
          Array.from({ length: 20 }, (_, i) => JSON.stringify({ id: `${name}${i}`, text: `${name} ${i}` })).join('\n'),
        ),
      ),
    );
    expect([both.map(({ body }) => (body as never as { added: number }).added), await countOf('two')]).toEqual([[20, 20], 40]);
  });

  it('is named with what is wrong, in the middle of the answer too', async () => {
    const torn = `{"id":"t","title":"Torn"}\n{"id":`;
    expect((await add('films', 'torn.jsonl', torn)).body.error).toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: expect.stringContaining('torn.jsonl line 2') as string,
    });
    const lines = await linesOf('/v1/indexes/films/files?path=torn.jsonl', torn);
    expect(lines.at(-1)).toMatchObject({
      error: { code: 'E_INPUT_FORMAT', message: expect.stringContaining('torn.jsonl line 2') as string },
    });
    expect((await add('films', 'twice.jsonl', '{"id":1,"title":"a"}\n{"id":1,"title":"b"}')).body.error).toMatchObject({
      code: 'E_DUPLICATE_ID',
      message: expect.stringContaining('twice.jsonl line 2') as string,
    });
    expect(await add('nowhere', 'a.md', 'words')).toMatchObject({
      status: 404,
      body: { error: { code: 'E_INDEX_MISSING', message: expect.stringContaining('a.md: there is no index "nowhere"') as string } },
    });
    expect(await countOf('films')).toBe(3);
  });

  it('stops when its sender leaves, and leaves nothing on the disk', async () => {
    const before = temporaries();
    const leave = new AbortController();
    const slow = new ReadableStream({
      start: (body) => {
        body.enqueue(new TextEncoder().encode('{"id":"s","title":"Slow"}\n'));
        setTimeout(() => leave.abort(), 100);
      },
    });
    const init = { signal: leave.signal, duplex: 'half' } as RequestInit;
    await expect(send('/v1/indexes/films/files?path=slow.jsonl', slow, init)).rejects.toThrow('abort');
    await expect.poll(temporaries).toEqual(before);
    expect(await countOf('films')).toBe(3);
  });
});

describe('several files in one body', () => {
  it('are added in one run; one that cannot be read is told and keeps none of the others out', async () => {
    await send('/v1/indexes', { name: 'vault', fields: ['title', 'text'] });
    const files = { 'notes/a.md': '# A\n\nBats.', 'notes/b.md': 'Owls.', 'torn.ipynb': '{', 'c.py': 'def c():\n    return 1\n' };
    const lines = await linesOf('/v1/indexes/vault/files', framed(files));
    expect(lines[0]).toEqual({ acknowledged: 0 });
    const failure = { path: 'torn.ipynb', code: 'E_INPUT_FORMAT', message: expect.stringContaining('torn.ipynb') };
    expect(lines).toContainEqual({ failed: failure });
    expect(lines.at(-2)).toEqual({ acknowledged: 3, files: 4 });
    expect(addFileAnswer.parse(lines.at(-1)?.report)).toMatchObject({ files: 4, failed: [failure], added: 3 });
    const { body } = await send('/v1/indexes/vault/files?replace', framed({ 'notes/a.md': '# A\n\nBats.', 'notes/b.md': 'Owls.' }));
    expect(body).toMatchObject({ files: 2, failed: [], unchanged: 2, removed: 0 });
    const document = await fetch(`${server.url}/v1/indexes/vault/documents/notes%2Fa.md`);
    expect(await document.json()).toMatchObject({ id: 'notes/a.md', document: { title: 'A', path: 'notes/a.md' } });
  });

  it('may all be such that cannot be read', async () => {
    expect((await send('/v1/indexes/vault/files', framed({ 'a.md': '', 'b.docx': 'PK' }))).body).toMatchObject({
      files: 2,
      added: 0,
      failed: [{ path: 'a.md' }, { path: 'b.docx' }],
    });
  });

  it.each([
    ['no line before a file', Buffer.from('some words'), 400, 'there is no line {"path": "notes/a.md", "bytes": 120} before file 1'],
    ['a long line', Buffer.alloc(20_000, 32), 400, 'before file 1 of the body'],
    ['an end within a file', Buffer.from('{"path": "a.md", "bytes": 20}\nwords'), 400, 'the body ends 15 bytes before the end of a.md'],
    ['a name that leads elsewhere', framed({ '../a.md': 'words' }), 400, 'leads out of its folder'],
    ['one that is too large', framed({ 'a.md': 'x'.repeat(400_001) }), 413, 'a.md has more than 400000 bytes'],
    ['one twice', Buffer.concat([framed({ 'a.md': 'words' }), framed({ 'a.md': 'words' })]), 400, 'a.md stands twice in the body'],
    ['1001', framed(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.md`, 'a']))), 413, 'a body may hold 1000 files'],
  ] as const)('are refused: %s', async (_, body, status, sentence) => {
    const told = await send('/v1/indexes/vault/files', body);
    expect([told.status, told.body.error?.message]).toEqual([status, expect.stringContaining(sentence)]);
  });

  it('come apart where they do, however the body is cut', async () => {
    const files = { 'a.md': 'one\ntwo\n', 'b/c.bin': Uint8Array.from({ length: 300 }, (_, i) => i & 255), 'd.md': '' };
    const body = framed(files);
    for (const size of [1, 7, 64, 10_000]) {
      const chunks = async function* () {
        for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
      };
      const found: Record<string, Buffer> = {};
      for await (const { path, bytes } of framesIn(chunks())) found[path] = Buffer.concat(await Array.fromAsync(bytes));
      expect(found).toEqual(Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content as string)])));
    }
  });
});

describe('the room for files', async () => {
  const disk = await smallDisk(1);
  afterAll(() => (typeof disk === 'string' ? undefined : disk.remove()));
  it.skipIf(typeof disk === 'string')(`says so where the disk is full${typeof disk === 'string' ? `: ${disk}` : ''}`, async () => {
    if (typeof disk === 'string') return;
    const room = createFileRoom(10_000_000, disk.folder);
    await expect(room.receive(bodyOf(2_000_000), { path: 'a.md', stops: [] })).rejects.toMatchObject({ code: 'E_DISK_FULL' });
    const file = await room.receive(bodyOf(500_000), { path: 'a.md', stops: [] });
    await file.remove();
    expect(readdirSync(disk.folder)).toEqual([]);
  });

  const bodyOf = async function* (bytes: number) {
    yield new Uint8Array(bytes);
  };
  it('is that of four of the largest, and is free again when a file is gone', async () => {
    const room = createFileRoom(100, folder);
    const stops: AbortSignal[] = [];
    const held = await Promise.all([1, 2, 3, 4].map((at) => room.receive(bodyOf(100), { path: `${at}.md`, stops })));
    await expect(room.receive(bodyOf(1), { path: 'a.md', stops })).rejects.toThrow('a.md: other files take all of the room');
    await held[0]?.remove();
    const one = await room.receive(bodyOf(100), { path: 'a.md', stops });
    for (const file of [...held, one]) await file.remove();
    expect(readdirSync(folder).filter((name) => name.startsWith('finetooth-file-'))).toEqual([]);
  });
});

const temporaries = (): readonly string[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith('finetooth-file-'))
    .sort();
