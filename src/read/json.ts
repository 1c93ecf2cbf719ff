import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { jsonElements } from './json-elements.ts';
import { jsonFormatOf } from './json-head.ts';
import type { Reader } from './reader.ts';
import { parseJson, readRecord } from './record.ts';

export const json = {
  name: 'json',
  extensions: ['json'],
  recognise: (head) => jsonFormatOf(head) === 'json',
  read: (source) => readJson(source.name, source.texts()),
} as const satisfies Reader;

/** One document for each element of the array. */
async function* readJson(name: string, texts: AsyncIterable<string>): AsyncGenerator<ReadDocument> {
  let count = 0;
  let blank = true;
  async function* seen(): AsyncGenerator<string> {
    for await (const text of texts) {
      blank &&= text.trim() === '';
      yield text;
    }
  }
  for await (const { text, number, line } of jsonElements(name, seen())) {
    const where = `${name} element ${number}`;
    yield readRecord(parseJson(text, `${where} (line ${line})`), where);
    count++;
  }
  if (count > 0) return;
  const problem = blank ? 'holds only blank lines' : 'holds an empty array';
  throw new FinetoothError('E_INPUT_EMPTY', `${name} ${problem}. Check the command that wrote it.`);
}
