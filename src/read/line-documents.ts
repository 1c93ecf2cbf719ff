import { FinetoothError } from '../errors.ts';
import { linesOf } from './lines.ts';
import type { Reader } from './reader.ts';

/** Each line that is not blank is a document, so that what other commands print can be ranked: `ls | finetooth rerank "a query" --format lines`. */
export const lineDocuments = {
  name: 'lines',
  extensions: ['lines'],
  recognise: () => false,
  read: async function* (source) {
    let isEmpty = true;
    for await (const { text, number } of linesOf(source.name, source.texts())) {
      if (text.trim() === '') continue;
      isEmpty = false;
      yield { document: { text }, where: `${source.name} line ${number}`, line: number };
    }
    if (isEmpty) throw new FinetoothError('E_INPUT_EMPTY', `${source.name} holds only blank lines. Check the command that wrote it.`);
  },
} as const satisfies Reader;
