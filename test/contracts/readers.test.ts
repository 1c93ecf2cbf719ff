import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReaderSample, readerContract } from '../../src/contracts/reader.ts';
import { type Document, type Reader, readDocuments } from '../../src/index.ts';
import { formats, readerNamed, readerOfName } from '../../src/read/formats.ts';
import { workFolder } from '../finetooth.ts';
import { docxOf, epubOf, paragraphOf } from '../support/made-documents.ts';

const films = Array.from({ length: 200 }, (_, i) => ({ title: `Film ${i}`, text: `In the year ${1900 + i}, a “captain” hunts: a whale` }));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const prose = `A captain hunts a whale.\n\n${'The sea is wide, and the whale is white. '.repeat(200)}`;

const parquets = JSON.parse(readFileSync(join(import.meta.dirname, '../../src/read/fixtures/parquet.json'), 'utf8')) as {
  decimals: string;
};
const decimals = Buffer.from(parquets.decimals, 'base64');
const decimalsPath = join(workFolder(), 'decimals.parquet');
writeFileSync(decimalsPath, decimals);

const samples: Readonly<Record<string, readonly [Reader, ReaderSample]>> = {
  json: [readerNamed('json'), { bytes: bytesOf(JSON.stringify(films, null, 1)), documents: films }],
  'json around an array': [readerNamed('json'), { bytes: bytesOf(`${JSON.stringify({ made: 1, films })}\n`), documents: films }],
  jsonl: [readerNamed('jsonl'), { bytes: bytesOf(films.map((film) => `${JSON.stringify(film)}\n`).join('')), documents: films }],
  csv: [
    readerNamed('csv'),
    { bytes: bytesOf(`title,text\n${films.map(({ title, text }) => `${title},"${text}"\n`).join('')}`), documents: films },
  ],
  tsv: [
    readerNamed('tsv'),
    { bytes: bytesOf(`title\ttext\n${films.map(({ title, text }) => `${title}\t${text}\n`).join('')}`), documents: films },
  ],
  'plain text': [readerNamed('text'), { bytes: bytesOf(prose), documents: [{ text: prose }] }],
  markdown: [
    readerOfName('a.md') as Reader,
    { bytes: bytesOf(`---\ntags: [sea]\n---\n# Moby\n${prose}`), documents: [{ title: 'Moby', tags: ['sea'], text: `# Moby\n${prose}` }] },
  ],
  html: [
    readerOfName('a.html') as Reader,
    {
      bytes: bytesOf(`<title>Moby</title><p>${'A whale. '.repeat(600)}</p>`),
      documents: [{ title: 'Moby', text: 'A whale. '.repeat(600).trim() }],
    },
  ],
  lines: [
    readerNamed('lines'),
    { bytes: bytesOf(films.map(({ text }) => `${text}\n`).join('')), documents: films.map(({ text }) => ({ text })) },
  ],
  restructuredText: [
    readerOfName('a.rst') as Reader,
    { bytes: bytesOf(`Moby\n====\n${prose}`), documents: [{ title: 'Moby', text: `# Moby\n\n${prose}` }] },
  ],
  asciidoc: [
    readerOfName('a.adoc') as Reader,
    { bytes: bytesOf(`= Moby\n${prose}`), documents: [{ title: 'Moby', text: `# Moby\n${prose}` }] },
  ],
  notebook: [
    readerNamed('notebook'),
    {
      bytes: bytesOf(JSON.stringify({ cells: [{ cell_type: 'markdown', source: ['# Moby\n', prose] }], nbformat: 4 })),
      documents: [{ title: 'Moby', text: `# Moby\n${prose.trim()}` }],
    },
  ],
  email: [readerNamed('email'), { bytes: bytesOf(`Subject: Moby\r\n\r\n${prose}`), documents: [{ title: 'Moby', text: prose.trim() }] }],
  docx: [readerNamed('docx'), { bytes: await docxOf(paragraphOf(prose.trim())), documents: [{ text: prose.trim() }] }],
  epub: [
    readerNamed('epub'),
    {
      bytes: await epubOf([`<html><body><h1>Loomings</h1><p>${'A whale. '.repeat(600)}</p></body></html>`]),
      documents: [
        {
          title: 'Moby: Loomings',
          text: `Loomings\n${'A whale. '.repeat(600).trim()}`,
          book: 'Moby',
          chapter: 1,
          author: 'Herman & Co',
        },
      ],
    },
  ],
  code: [
    readerNamed('code'),
    {
      bytes: bytesOf(`const a = 1;\n${'// a whale\n'.repeat(30)}`),
      documents: [{ text: `const a = 1;\n${'// a whale\n'.repeat(30).trim()}`, line: 1, lastLine: 31 }],
    },
  ],
  parquet: [
    readerNamed('parquet'),
    {
      bytes: decimals,
      path: decimalsPath,
      documents: [
        { wide: '-99999999999999.99', long: '9007199254740993', time: '01:02:03' },
        { wide: 0.1, long: -1, time: '23:59:59.000004' },
        { wide: '12345678901234567890.12', long: 0, time: '00:00:00' },
        { wide: null, long: null, time: null },
      ],
    },
  ],
};

describe.each(Object.entries(samples))('%s', (_, [reader, sample]) => {
  for (const { name, run } of readerContract(reader, sample)) it(name, run);
});

it('every format keeps its contract, but the folder, which is no file, and PDF, which starts a worker for each case', () => {
  const held = new Set(Object.values(samples).map(([{ name }]) => name));
  expect(formats.filter((format) => !held.has(format))).toEqual(['folder', 'pdf']);
});

/** What a reader of this kind does wrong, and what the contract says of it. */
const jsonl = readerNamed('jsonl');
const broken: Readonly<Record<string, readonly [Partial<Reader>, caseName: string, sentence: RegExp]>> = {
  'takes what is of another format': [
    { recognise: () => true },
    'recognises what begins as it does, or is told by its extension, and takes nothing else',
    /recognises json: /,
  ],
  'has extensions with a dot': [{ extensions: ['.jsonl'] }, 'has a name, and extensions that are lowercase and without a dot', /"\.jsonl"/],
  'waits for the end before it gives anything': [
    {
      read: async function* (source) {
        yield* await Array.fromAsync(jsonl.read(source));
      },
    },
    'gives a document as soon as it has come',
    /asked for more bytes before it gave a document/,
  ],
  'gives every document one place': [
    {
      read: async function* (source) {
        for await (const one of jsonl.read(source)) yield { ...one, where: source.name };
      },
    },
    'reads its documents in order, each with its place, in pieces of any size',
    /gives two documents one place/,
  ],
  'forgets which input it was': [
    {
      read: (source) => jsonl.read({ ...source, name: 'a file' }),
    },
    'reads its documents in order, each with its place, in pieces of any size',
    /says "a file line 1" of a document/,
  ],
  'takes an empty input for no documents': [
    {
      read: async function* (source) {
        try {
          yield* jsonl.read(source);
        } catch {
          // Nothing to read.
        }
      },
    },
    'says of an empty input that it is empty, and of one without words',
    /did not refuse ""/,
  ],
};

describe('the contract of readers', () => {
  it.each(Object.entries(broken))('refuses one that %s', async (_, [change, name, sentence]) => {
    const cases = readerContract({ ...jsonl, ...change }, samples.jsonl?.[1] as ReaderSample);
    const error = await cases
      .find((one) => one.name === name)
      ?.run()
      .then(
        () => new Error('no error'),
        (thrown: unknown) => thrown as Error,
      );
    expect(error?.message).toMatch(sentence);
  });
});

describe('a reader of your own', () => {
  /** One document per paragraph. */
  const paragraphs: Reader = {
    name: 'paragraphs',
    extensions: ['par'],
    recognise: () => false,
    read: async function* (source) {
      let [held, count] = ['', 0];
      for await (const text of source.texts()) {
        const pieces = (held + text).split('\n\n');
        held = pieces.pop() as string;
        for (const piece of pieces) yield { document: { text: piece }, where: `${source.name} paragraph ${++count}` };
      }
      if (held.trim() !== '') yield { document: { text: held }, where: `${source.name} paragraph ${++count}` };
    },
  };

  it('reads a file that it is passed for', async () => {
    const path = join(workFolder(), 'sea.par');
    writeFileSync(path, 'one\n\ntwo\n\nthree');
    const read: Document[] = [];
    for await (const { document } of readDocuments(path, { format: paragraphs })) read.push(document);
    expect(read).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
    await expect(Array.fromAsync(readDocuments(workFolder(), { format: paragraphs }))).rejects.toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: expect.stringContaining('is a folder and cannot be read as paragraphs'),
    });
  });
});
