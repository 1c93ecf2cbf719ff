import { readDelimited } from './delimited.ts';
import type { Reader } from './reader.ts';

/** Columns look like prose, so that only a name tells them. */
export const csv = {
  name: 'csv',
  extensions: ['csv'],
  recognise: () => false,
  read: (source) => readDelimited(source.name, source.texts(), 'csv'),
} as const satisfies Reader;
