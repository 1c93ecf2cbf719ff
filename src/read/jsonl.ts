import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { refusePassage } from './exported.ts';
import { jsonFormatOf } from './json-head.ts';
import { linesOf } from './lines.ts';
import type { Reader } from './reader.ts';
import { parseJson, readRecord } from './record.ts';

export const jsonl = {
  name: 'jsonl',
  extensions: ['jsonl', 'ndjson'],
  recognise: (head) => jsonFormatOf(head) === 'jsonl',
  read: (source) => readJsonl(source.name, source.texts()),
} as const satisfies Reader;

/** One document per line; blank lines are skipped. Memory is bounded by the longest line. */
async function* readJsonl(name: string, texts: AsyncIterable<string>): AsyncGenerator<ReadDocument> {
  let count = 0;
  for await (const { text, number } of linesOf(name, texts)) {
    const record = text.trim();
    if (record === '') continue;
    const where = `${name} line ${number}`;
    if (record === '[' && count === 0)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        (say) => `${where} opens a JSON array, but JSONL has one object in each line. Pass ${say.option('format', 'json')}.`,
      );
    const read = readRecord(parseJson(record, where), where);
    refusePassage(read.document, where);
    yield read;
    count++;
  }
  if (count === 0) throw new FinetoothError('E_INPUT_EMPTY', `${name} holds only blank lines. Check the command that wrote it.`);
}
