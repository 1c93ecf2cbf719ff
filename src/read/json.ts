import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { jsonElements } from './json-elements.ts';
import { jsonFormatOf } from './json-head.ts';
import type { Reader } from './reader.ts';
import { parseJson, readRecord } from './record.ts';
import { quoteStart } from './text.ts';

export const json = {
  name: 'json',
  extensions: ['json'],
  recognise: (head) => jsonFormatOf(head) === 'json',
  read: (source) => readJson(source.name, source.texts()),
} as const satisfies Reader;

/** One document for each element of the array, or each value of the object, whose key is then its id. */
async function* readJson(name: string, texts: AsyncIterable<string>): AsyncGenerator<ReadDocument> {
  let count = 0;
  let blank = true;
  async function* seen(): AsyncGenerator<string> {
    for await (const text of texts) {
      blank &&= text.trim() === '';
      yield text;
    }
  }
  for await (const { text, number, line, key } of jsonElements(name, seen())) {
    const where = `${name} ${key === undefined ? `element ${number}` : `field ${quoteStart(key)}`}`;
    const read = readRecord(parseJson(text, `${where} (line ${line})`), where);
    yield key === undefined
      ? read
      : { ...read, id: idOf(key, where), notes: count === 0 ? [{ kind: 'by-key', where: name, reason: '' }] : undefined };
    count++;
  }
  if (count > 0) return;
  const problem = blank ? 'holds only blank lines' : 'holds an empty array';
  throw new FinetoothError('E_INPUT_EMPTY', `${name} ${problem}. Check the command that wrote it.`);
}

/** Throws E_INPUT_FORMAT for a key that no index can keep as it is. */
function idOf(key: string, where: string): string {
  if (key !== '' && key.isWellFormed()) return key;
  const problem = key === '' ? 'is empty' : 'holds half a character (a lone surrogate)';
  throw new FinetoothError('E_INPUT_FORMAT', `${where} is the id of a document and ${problem}. Correct it.`);
}
