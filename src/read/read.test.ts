import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { all, errorOf, piecesOf, randomFrom, useTemporaryFolder } from '../../test/support/reading.ts';
import type { ReadDocument } from '../types.ts';
import { readDocuments, readTextLines } from './read.ts';

useTemporaryFolder();

const read = async (name: string, content: string | Uint8Array): Promise<ReadDocument[]> => {
  writeFileSync(name, content);
  return all(readDocuments(name));
};
const stdin = (text: string, size = 3) => {
  const bytes = Buffer.from(text);
  return piecesOf(Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)));
};

describe('formats', () => {
  it('reads JSON: objects and strings, fields kept as they are', async () => {
    const text = '\ufeff[{"id": 0, "ok": false, "none": null, "tags": ["a", 1], "in": {"x": 1.5}}, "plain"]\n';
    expect(await read('movies.json', text)).toEqual([
      { document: { id: 0, ok: false, none: null, tags: ['a', 1], in: { x: 1.5 } }, where: 'movies.json element 1' },
      { document: { text: 'plain' }, where: 'movies.json element 2' },
    ]);
  });

  it('reads an object around an array of objects', async () => {
    expect(await read('wrapped.json', '{"total": 1, "tags": ["x"], "documents": [{"a": 1}]}')).toEqual([
      { document: { a: 1 }, where: 'wrapped.json element 1' },
    ]);
  });

  it('reads an object of objects, by its keys', async () => {
    const keyed = '{"m-1": {"text": "é"}, "m-2": {"id": 7}}';
    const byKey = [
      { document: { text: 'é' }, id: 'm-1', notes: [{ kind: 'by-key', where: 'keyed.json', reason: '' }] },
      { document: { id: 7 }, id: 'm-2' },
    ].map((one) => ({ ...one, where: `keyed.json field "${one.id}"` }));
    expect(await read('keyed.json', keyed)).toEqual(byKey);
    // On one line it is told from JSONL by what it holds.
    expect(await read('keyed', keyed)).toMatchObject([{ id: 'm-1' }, { id: 'm-2' }]);
    expect(await read('keyed', `${keyed}\n${keyed}`)).toHaveLength(2);
    writeFileSync('keyed.json', '{"": {"text": "a"}, "b": {}}');
    expect(await errorOf(readDocuments('keyed.json'))).toBe(
      'E_INPUT_FORMAT: keyed.json field "" is the id of a document and is empty. Correct it.',
    );
  });

  it('reads JSONL with CR LF, blank lines, strings and no last line end', async () => {
    expect(await read('docs.ndjson', '{"a": "é"}\r\n\r\n"日本"\n  {"b": 2}  ')).toEqual([
      { document: { a: 'é' }, where: 'docs.ndjson line 1' },
      { document: { text: '日本' }, where: 'docs.ndjson line 3' },
      { document: { b: 2 }, where: 'docs.ndjson line 4' },
    ]);
  });

  it('reads CSV and TSV', async () => {
    expect(await read('t.csv', 'id,title\n1,"a,b"\n')).toEqual([{ document: { id: '1', title: 'a,b' }, where: 't.csv line 2' }]);
    expect(await read('t.TSV', 'id\ttitle\r\n1\ta,b\r\n')).toEqual([{ document: { id: '1', title: 'a,b' }, where: 't.TSV line 2' }]);
  });

  it('reads a single text file', async () => {
    expect(await read('a.md', '---\nyear: 1999\ntext: mine\n---\n# Head\nbody\n')).toEqual([
      { document: { year: 1999, title: 'Head', text: '# Head\nbody\n', path: 'a.md' }, where: 'a.md', line: 5, id: 'a.md' },
    ]);
    mkdirSync('below');
    expect(await read('below/b.txt', 'words')).toEqual([
      { document: { title: 'b', text: 'words', path: 'b.txt' }, where: 'below/b.txt', line: 1, id: 'b.txt' },
    ]);
    expect((await read('c.html', '<title>T</title><p>x'))[0]?.document).toEqual({ title: 'T', text: 'x', path: 'c.html' });
  });

  it('unpacks gzip by its first bytes, several members in a row, whatever the name', async () => {
    const packed = Buffer.concat([gzipSync('{"a": 1}\n'), gzipSync('{"a": 2}\n')]);
    for (const name of ['docs.jsonl.gz', 'docs.jsonl', 'docs']) {
      const found = await read(name, packed);
      expect(found.map(({ document }) => document)).toEqual([{ a: 1 }, { a: 2 }]);
    }
    expect((await read('t.csv.GZ', gzipSync('a,b\n1,2\n')))[0]?.document).toEqual({ a: '1', b: '2' });
    expect(await all(readDocuments('-', { stdin: piecesOf([...packed].map((byte) => Uint8Array.of(byte))) }))).toHaveLength(2);
  });

  it.each([
    ['[{"a": 1}]', 'element 1'],
    ['  [\n{"a": 1}]', 'element 1'],
    ['{"a": 1}', 'line 1'],
    ['{"a": 1}\n{"a": 2}\n', 'line 1'],
    ['{"documents": [{"a": 1}]}\n', 'element 1'],
    ['{\n "documents": [{"a": 1}]\n}', 'element 1'],
  ])('tells %j from standard input by its content', async (text, place) => {
    const found = await all(readDocuments('-', { stdin: stdin(text) }));
    expect(found[0]).toEqual({ document: { a: 1 }, where: `standard input ${place}` });
  });

  it('reads standard input as text, under another name', async () => {
    expect(await all(readDocuments('-', { stdin: stdin('some words'), format: 'text', where: 'request body' }))).toEqual([
      { document: { text: 'some words' }, where: 'request body', line: 1 },
    ]);
  });

  it('reads JSONL the same from every chunk size', async () => {
    const random = randomFrom(5);
    const documents = Array.from({ length: 30 }, (_, id) => ({
      id,
      text: Array.from({ length: 8 }, () => 'aé日🦊\r\n"\\'[Math.floor(random() * 9)]).join(''),
    }));
    const wellFormed = documents.map(({ id, text }) => ({ id, text: text.toWellFormed() }));
    const text = wellFormed.map((document) => JSON.stringify(document)).join('\r\n');
    for (let size = 1; size < 40; size++)
      expect((await all(readDocuments('-', { stdin: stdin(text, size), format: 'jsonl' }))).map(({ document }) => document)).toEqual(
        wellFormed,
      );
  });
});

describe('records', () => {
  it('replaces lone surrogates by U+FFFD, in names and deep inside', async () => {
    const [found] = await read('lone.jsonl', '{"a\\ud800": ["x\\udc00", {"b": "\\ud83e\\udd8a"}], "c": 1}');
    expect(found?.document).toEqual({ 'a\ufffd': ['x\ufffd', { b: '🦊' }], c: 1 });
  });

  it('keeps integers that a number would round as strings, and __proto__ as a field', async () => {
    const [found] = await read(
      'long.jsonl',
      '{"id": 9007199254740993, "n": [-12345678901234567890], "x": 1.2345678901234567, "ok": 9007199254740991}',
    );
    expect(found?.document).toEqual({ id: '9007199254740993', n: ['-12345678901234567890'], x: 1.2345678901234567, ok: 9007199254740991 });
    const [proto] = await read('proto.jsonl', '{"__proto__": {"a": "\\ud800"}}');
    expect(Object.keys(proto?.document ?? {})).toEqual(['__proto__']);
  });

  it.each([
    ['5', 'is the number 5; a document is an object or a string. Correct it or take it out.'],
    ['null', 'is null; a document is an object or a string. Correct it or take it out.'],
    ['true', 'is the boolean true; a document is an object or a string. Correct it or take it out.'],
    ['[1]', 'is an array; a document is an object or a string. Correct it or take it out.'],
    ['{"a": 1e999}', 'holds a number beyond ±1.8e308. Write it as a string or take it out.'],
    [`{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'is nested more than 512 levels deep. Flatten it or take it out.'],
  ])('refuses a record: case %#', async (record, sentence) => {
    writeFileSync('odd.jsonl', `{"a": 1}\n${record}\n`);
    expect(await errorOf(readDocuments('odd.jsonl'))).toBe(`E_INPUT_FORMAT: odd.jsonl line 2 ${sentence}`);
    writeFileSync('odd.json', `[{"a": 1},\n${record}]`);
    expect(await errorOf(readDocuments('odd.json'))).toBe(`E_INPUT_FORMAT: odd.json element 2 ${sentence}`);
  });
});

describe('stopping and closing', () => {
  it('stops a read that would wait for ever', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Uint8Array>>(() => undefined) }) };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect(await errorOf(readDocuments('-', { stdin: silent, signal: controller.signal }))).toBe(
      'E_STOPPED: stopped before the work was done',
    );
  });

  it('stops between documents, and before the first', async () => {
    const controller = new AbortController();
    const documents = readDocuments('-', { stdin: stdin('{"a": 1}\n{"a": 2}\n', 100), signal: controller.signal });
    expect((await documents.next()).value?.document).toEqual({ a: 1 });
    controller.abort();
    await expect(documents.next()).rejects.toThrow('stopped before the work was done');
    expect(await errorOf(readDocuments('nowhere', { signal: AbortSignal.abort() }))).toMatch(/^E_STOPPED/);
  });

  it('closes what it reads when the caller leaves early, packed or not', async () => {
    for (const bytes of [Buffer.from('{"a": 1}\n'.repeat(9)), gzipSync('{"a": 1}\n'.repeat(9))]) {
      const closed = Promise.withResolvers<void>();
      const source = (async function* () {
        try {
          for (;;) yield bytes;
        } finally {
          closed.resolve();
        }
      })();
      for await (const _ of readDocuments('-', { stdin: source, format: 'jsonl' })) break;
      await closed.promise;
    }
  });
});

describe('readTextLines', () => {
  it('reads lines that are not blank', async () => {
    expect(await all(readTextLines('-', { stdin: stdin(' one\r\n\r\ntwo') }))).toEqual([
      { text: ' one', where: 'standard input line 1' },
      { text: 'two', where: 'standard input line 3' },
    ]);
    expect(await errorOf(readTextLines('-', { stdin: stdin('\n') }))).toBe(
      'E_INPUT_EMPTY: standard input holds only blank lines. Check the command that wrote it.',
    );
  });
});

describe('errors of every format', () => {
  const gzipped = gzipSync('{"a": 1}\n'.repeat(100));
  const cases: readonly (readonly [name: string, content: string | Uint8Array, sentence: string])[] = [
    ['empty.jsonl', '', 'E_INPUT_EMPTY: empty.jsonl is empty (0 bytes). Check the command that wrote it.'],
    ['empty.gz', gzipSync(''), 'E_INPUT_EMPTY: empty.gz holds no bytes once it is unpacked. Check the command that wrote it.'],
    ['empty.json', ' []\n', 'E_INPUT_EMPTY: empty.json holds an empty array. Check the command that wrote it.'],
    ['wrapped.json', '{"documents": []}', 'E_INPUT_EMPTY: wrapped.json holds an empty array. Check the command that wrote it.'],
    ['blank.json', ' \n', 'E_INPUT_EMPTY: blank.json holds only blank lines. Check the command that wrote it.'],
    ['blank.jsonl', '\n \r\n\n', 'E_INPUT_EMPTY: blank.jsonl holds only blank lines. Check the command that wrote it.'],
    ['blank.txt', '\n\n', 'E_INPUT_EMPTY: blank.txt holds only blank lines. Check the command that wrote it.'],
    [
      'broken.jsonl',
      `{"a": 1}\n{"a": 2}\n{"a": 3, "title": "${'long '.repeat(20)}\n`,
      'E_INPUT_FORMAT: broken.jsonl line 3 is not JSON: Unterminated string in JSON at position 118 (line 1 column 119). It begins with "{"a": 3, "title": "long long long long long long long long l…". Correct it or take it out.',
    ],
    [
      'broken.json',
      '[{"a": 1},\n{"a": }]',
      'E_INPUT_FORMAT: broken.json element 2 (line 2) is not JSON: Unexpected token \'}\', "{"a": }" is not valid JSON. It begins with "{"a": }". Correct it or take it out.',
    ],
    [
      'cut.json',
      '[{"a": 1},\n {"a": [2, ',
      'E_INPUT_FORMAT: cut.json ends in the middle of element 2, which begins on line 2: the file was cut off. Write or fetch it again.',
    ],
    [
      'array.jsonl',
      '[\n{"a": 1}\n]',
      "E_INPUT_FORMAT: array.jsonl line 1 opens a JSON array, but JSONL has one object in each line. Pass format: 'json'.",
    ],
    [
      'binary.csv',
      'a,b\n1,\0\n',
      'E_INPUT_FORMAT: binary.csv is binary, not text: at byte 7 (line 2) stands a NUL. Export it as text in UTF-8 first.',
    ],
    [
      'sheet.csv',
      Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0),
      'E_INPUT_FORMAT: sheet.csv is a zip archive (.zip, .xlsx and .docx are such), not text. Unpack it, or export its text first.',
    ],
    [
      'wide.csv',
      Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
      'E_INPUT_FORMAT: wide.csv is UTF-32 (its first four bytes say so), which is not read. Convert it with "iconv -f UTF-32 -t UTF-8 wide.csv > wide.utf8.csv".',
    ],
    [
      'mixed.csv',
      Buffer.concat([Buffer.from('a,b\né,'), Buffer.from([0xe9, 0x0a])]),
      'E_INPUT_FORMAT: mixed.csv is not UTF-8: at byte 8 (line 2) stands a byte that cannot be decoded, and it is not recognised as another encoding. If you know its encoding, convert it with "iconv -f WINDOWS-1252 -t UTF-8 mixed.csv > mixed.utf8.csv".',
    ],
    [
      'torn.jsonl.gz',
      gzipped.subarray(0, -6),
      'E_INPUT_FORMAT: torn.jsonl.gz is torn: its gzip data ends too early. Fetch it or pack it again; "gzip -t" tests a file.',
    ],
    [
      'after.jsonl.gz',
      Buffer.concat([gzipped, Buffer.from('garbage')]),
      'E_INPUT_FORMAT: after.jsonl.gz has other bytes after its gzip data. Fetch it or pack it again; "gzip -t" tests a file.',
    ],
    [
      'damaged.jsonl.gz',
      Buffer.concat([gzipped.subarray(0, -8), Buffer.alloc(8)]),
      'E_INPUT_FORMAT: damaged.jsonl.gz is damaged: its gzip data cannot be unpacked (incorrect data check). Fetch it or pack it again; "gzip -t" tests a file.',
    ],
    [
      'notes.log',
      'some prose\nmore',
      'E_INPUT_FORMAT: the format of notes.log cannot be told: it begins with "some prose". Name it as format: json, jsonl, csv, tsv, parquet, folder, lines, text, notebook, email, pdf, docx, epub, code.',
    ],
  ];

  it.each(cases)('%s', async (name, content, sentence) => {
    writeFileSync(name, content);
    expect(await errorOf(readDocuments(name))).toBe(sentence);
  });

  it('yields what stands before the broken place', async () => {
    writeFileSync('half.jsonl', '{"a": 1}\n{"a": 2}\n{');
    const found: unknown[] = [];
    await expect(async () => {
      for await (const { document } of readDocuments('half.jsonl')) found.push(document);
    }).rejects.toThrow('half.jsonl line 3 is not JSON');
    expect(found).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('a missing file, with a near name, without one, and without its folder', async () => {
    mkdirSync('films');
    writeFileSync('films/movies.jsonl', '{}');
    expect(await errorOf(readDocuments('films/movie.jsonl'))).toBe(
      'E_INPUT_MISSING: films/movie.jsonl does not exist. Did you mean films/movies.jsonl?',
    );
    expect(await errorOf(readDocuments('films/books.csv'))).toBe(
      `E_INPUT_MISSING: films/books.csv does not exist. Paths start at ${process.cwd()}.`,
    );
    expect(await errorOf(readDocuments('absent/books.csv'))).toBe(
      `E_INPUT_MISSING: absent/books.csv does not exist. Its folder absent cannot be opened either. Paths start at ${process.cwd()}.`,
    );
    expect(await errorOf(readDocuments(''))).toBe('E_INPUT_MISSING: the path is empty. Name a file or folder, or "-" for standard input.');
  });

  it('a device', async () => {
    expect(await errorOf(readDocuments('/dev/null'))).toBe(
      'E_INPUT_MISSING: /dev/null is a device, not a file (/dev/null). Name a file or folder, or "-" for standard input.',
    );
  });

  it('a socket', async () => {
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen('s.sock', resolve));
    expect(await errorOf(readDocuments('s.sock'))).toBe(
      `E_INPUT_MISSING: s.sock is a socket, not a file (${process.cwd()}/s.sock). Name a file or folder, or "-" for standard input.`,
    );
    server.close();
  });

  it('a file that this user may not read', async () => {
    writeFileSync('secret.json', '[]');
    chmodSync('secret.json', 0o000);
    chmodSync('.', 0o755);
    // Root may read everything, so be somebody else for a moment (65534 is `nobody`).
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    const sentence = await errorOf(readDocuments('secret.json'));
    if (root) process.seteuid?.(0);
    expect(sentence).toBe('E_INPUT_MISSING: secret.json may not be read by this user (EACCES). Allow it, for example with "chmod +r".');
  });

  it('a format that does not exist', async () => {
    expect(await errorOf(readDocuments('a.xml', { format: 'xml' as 'json' }))).toBe(
      'E_USAGE: there is no format "xml". The formats are json, jsonl, csv, tsv, parquet, folder, lines, text, notebook, email, pdf, docx, epub, code.',
    );
  });
});
