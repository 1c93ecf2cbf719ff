import type { Reader } from './reader.ts';
import { readTextDocument } from './text-document.ts';

/** One document, all of whose words are its text. */
export const plainText = {
  name: 'text',
  extensions: ['txt', 'text', 'readme', 'license', 'copying', 'notice', 'authors', 'changelog', 'contributing', 'todo'],
  recognise: () => false,
  read: (source) => readTextDocument(source, (text) => ({ text, line: 1 })),
} as const satisfies Reader;
