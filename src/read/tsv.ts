import { readDelimited } from './delimited.ts';
import type { Reader } from './reader.ts';

/** As `csv`, with tabs. */
export const tsv = {
  name: 'tsv',
  extensions: ['tsv'],
  recognise: () => false,
  read: (source) => readDelimited(source.name, source.texts(), 'tsv'),
} as const satisfies Reader;
