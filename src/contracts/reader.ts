import assert from 'node:assert/strict';
import { FinetoothError } from '../errors.ts';
import { type ReadOptions, readDocuments } from '../read/read.ts';
import type { Reader } from '../read/reader.ts';
import type { Document } from '../types.ts';
import { callback, checkArguments, list, when } from '../wording/check-options.ts';
import { anyText, anyTexts, shape } from '../wording/check-shapes.ts';
import { type ContractCase, isCausedBy } from './contract-case.ts';

/** An input of the format. */
export interface ReaderSample {
  /** A file of it, 4,096 bytes or more where it is read from a stream, so that it can be seen to stream. */
  readonly bytes: Uint8Array;
  /** What stands in it, in order. */
  readonly documents: readonly Document[];
  /** Where the same file lies, for a format that is read from a file alone. @default none: it is read from a stream */
  readonly path?: string;
}

const NAME = 'the input of the contract';

/** Beginnings of the formats that are read, by name. */
const heads: Readonly<Record<string, string>> = {
  json: '[{"title": "a"}]',
  jsonl: '{"title": "a"}\n{"title": "b"}\n',
  csv: 'title,text\na,b\n',
  tsv: 'title\ttext\na\tb\n',
  parquet: 'PAR1\u0015\u0004\u0015',
  text: '# A heading\n\nSome words.\n',
  html: '<!doctype html><title>a</title>',
  nothing: '',
};

/**
 * What every reader promises, through `readDocuments(source, { format: reader })`.
 *
 * @example
 * import { it } from 'node:test';
 * import type { Reader } from 'finetooth';
 * import { readerContract } from 'finetooth/contracts';
 *
 * const lines: Reader = {
 *   name: 'notes',
 *   extensions: ['.notes'],
 *   recognise: () => false, // nothing begins so that it is surely one
 *   read: async function* (source) {
 *     for await (const text of source.texts()) for (const line of text.split('\n')) yield { document: { text: line }, where: source.name };
 *   },
 * };
 * for (const { name, run } of readerContract(lines, { bytes: Buffer.from('one'), documents: [{ text: 'one' }] })) it(name, run);
 */
export function readerContract(reader: Reader, sample: ReaderSample): readonly ContractCase[] {
  checkArguments('readerContract(yourReader, { bytes, documents })', {
    reader: [reader, shape('a reader', { name: anyText, extensions: anyTexts, read: callback })],
    sample: [
      sample,
      shape('an object with bytes and documents', { bytes: when('a Uint8Array', (value) => value instanceof Uint8Array), documents: list }),
    ],
  });
  const { bytes, documents, path } = sample;
  const fromPieces = (
    pieces: AsyncIterable<Uint8Array>,
    options: ReadOptions = {},
  ): AsyncGenerator<{ document: Document; where: string }> =>
    readDocuments('-', { ...options, format: reader, stdin: pieces, where: NAME });
  const cases: Record<string, () => Promise<void>> = {
    'has a name, and extensions that are lowercase and without a dot': async () => {
      assert.ok(reader.name !== '', 'a reader has a name');
      for (const one of reader.extensions)
        assert.match(one, /^[a-z0-9]+$/, `the extension ${JSON.stringify(one)} of ${nameOf(reader)} is not of that form`);
    },
    'recognises what begins as it does, or is told by its extension, and takes nothing else': async () => {
      const head = new TextDecoder().decode(bytes.subarray(0, 1024 * 1024)).trimStart();
      assert.ok(
        reader.recognise(head) || reader.extensions.length > 0,
        `${nameOf(reader)} neither recognises its sample nor has an extension`,
      );
      for (const [format, other] of Object.entries(heads))
        if (format !== reader.name)
          assert.equal(reader.recognise(other), false, `${nameOf(reader)} recognises ${format}: ${JSON.stringify(other)}`);
    },
  };
  if (path === undefined)
    Object.assign(cases, {
      'reads its documents in order, each with its place, in pieces of any size': async () => {
        for (const size of [1, 7, 1000, bytes.length]) {
          const read = await Array.fromAsync(fromPieces(piecesOf(bytes, size)));
          assert.deepEqual(
            read.map(({ document }) => document),
            documents,
            `in pieces of ${size} bytes ${nameOf(reader)} read other documents`,
          );
          for (const { where } of read) assert.ok(where.startsWith(NAME), `${nameOf(reader)} says "${where}" of a document of "${NAME}"`);
          const places = new Set(read.map(({ where }) => where));
          assert.equal(places.size, read.length, `${nameOf(reader)} gives two documents one place`);
        }
      },
      'gives a document as soon as it has come': async () => {
        if (documents.length < 2) return;
        assert.ok(bytes.length >= 4096, `the sample has ${bytes.length} bytes; from 4,096 on it can be seen to stream`);
        const early = new Error(`${nameOf(reader)} asked for more bytes before it gave a document of those that it had`);
        const read = fromPieces(brokenAfter(bytes.subarray(0, bytes.length - 1), early));
        const first = await read.next();
        assert.deepEqual(first.value?.document, documents[0], `${nameOf(reader)} gave another document first`);
        await read.return(undefined);
      },
      'stops when its signal is raised while it waits for bytes': async () => {
        for (const begun of [bytes.subarray(0, 0), bytes.subarray(0, bytes.length - 1)]) {
          const { pieces, stop } = stuckAfter(begun);
          const work = Array.fromAsync(fromPieces(pieces, { signal: stop.signal }));
          const reason = new Error('the contract raised this signal');
          stop.abort(reason);
          await assert.rejects(work, (error) => isCausedBy(error, reason), `${nameOf(reader)} was stopped, and ended otherwise`);
        }
      },
      'says of an empty input that it is empty, and of one without words': async () => {
        for (const empty of ['', '\n\n'])
          await assert.rejects(
            Array.fromAsync(fromPieces(piecesOf(new TextEncoder().encode(empty), 1))),
            (error) => isNamed(error),
            `${nameOf(reader)} did not refuse ${JSON.stringify(empty)} with E_INPUT_EMPTY or E_INPUT_FORMAT and the name of the input`,
          );
      },
      'gives what comes before the place where an input was cut off, and names the input': async () => {
        for (let cut = 1; cut < 20; cut++) {
          const read: Document[] = [];
          try {
            for await (const { document } of fromPieces(piecesOf(bytes.subarray(0, Math.floor((bytes.length * cut) / 20)), 1000)))
              read.push(document);
          } catch (error) {
            const named = isNamed(error);
            assert.ok(named, `${nameOf(reader)} ended a cut-off input with ${String(error)}; it must be E_INPUT_FORMAT and name the place`);
          }
          // The end of the last one may be missing, where the format has no sign for its end.
          const whole = read.slice(0, -1);
          assert.deepEqual(
            whole,
            documents.slice(0, whole.length),
            `${nameOf(reader)} read other documents before the place where it was cut off`,
          );
        }
      },
    });
  else
    Object.assign(cases, {
      'reads its documents in order, each with its place': async () => {
        const read = await Array.fromAsync(readDocuments(path, { format: reader, where: NAME }));
        assert.deepEqual(
          read.map(({ document }) => document),
          documents,
          `${nameOf(reader)} read other documents`,
        );
        assert.equal(new Set(read.map(({ where }) => where)).size, read.length, `${nameOf(reader)} gives two documents one place`);
      },
      'refuses a stream, and says what to do': async () => {
        await assert.rejects(
          Array.fromAsync(fromPieces(piecesOf(bytes, 1000))),
          (error) => error instanceof FinetoothError && error.code === 'E_INPUT_FORMAT' && error.message.includes(NAME),
          `${nameOf(reader)} reads no stream, and did not refuse one with E_INPUT_FORMAT`,
        );
      },
    });
  return Object.entries(cases).map(([name, run]) => ({ name, run }));
}

function nameOf({ name }: Reader): string {
  return `the reader "${name}"`;
}

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function* brokenAfter(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw error;
}

/** Bytes after which nothing comes, and no end; and what ends the waiting. */
function stuckAfter(bytes: Uint8Array): { readonly pieces: AsyncIterable<Uint8Array>; readonly stop: AbortController } {
  let isGiven = bytes.length === 0;
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    if (isGiven) return new Promise(() => {});
    isGiven = true;
    return Promise.resolve({ done: false, value: bytes });
  };
  const pieces = { [Symbol.asyncIterator]: () => ({ next, return: async () => ({ done: true as const, value: undefined }) }) };
  return { pieces, stop: new AbortController() };
}

/** Whether an error says of the input, by its name, that it cannot be read. */
function isNamed(error: unknown): boolean {
  const codes = ['E_INPUT_EMPTY', 'E_INPUT_FORMAT'];
  return error instanceof FinetoothError && codes.includes(error.code) && error.message.includes(NAME);
}
