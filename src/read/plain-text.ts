import type { Reader } from './reader.ts';
import { readTextDocument } from './text-document.ts';

/** One document, all of whose words are its text. */
export const plainText = {
  name: 'text',
  extensions: ['txt'],
  recognise: () => false,
  read: (source) => readTextDocument(source, (text) => ({ text })),
} as const satisfies Reader;
