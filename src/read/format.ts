import { FinetoothError } from '../errors.ts';
import { quoteStart } from './text.ts';

/** Every format that is read; `text` is one document from one .md, .html or .txt file. */
export const formats = ['json', 'jsonl', 'csv', 'tsv', 'parquet', 'folder', 'text'] as const;
export type Format = (typeof formats)[number];
export type FileFormat = Exclude<Format, 'folder'>;

/** Kinds of text document, by extension; these are also the files that are read from a folder. */
export const textKinds = { md: 'markdown', markdown: 'markdown', txt: 'plain', html: 'html', htm: 'html' } as const;
export type TextKind = (typeof textKinds)[keyof typeof textKinds];

const byExtension: Readonly<Record<string, FileFormat>> = {
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
};

/** Unpacked bytes that `formatOfContent` may need: a first line is decided on when it is no longer than this. */
export const contentHeadBytes = 1024 * 1024;

const extensionOf = (path: string): string => /\.([^./\\]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? '';

/** The kind of text by a file's extension (before `.gz`), in any letter case. */
export const textKindOf = (path: string): TextKind | undefined => {
  const extension = extensionOf(path);
  return Object.hasOwn(textKinds, extension) ? textKinds[extension as keyof typeof textKinds] : undefined;
};

/** The format by a file's extension (before `.gz`), in any letter case. */
export const formatOfName = (path: string): FileFormat | undefined => {
  if (textKindOf(path)) return 'text';
  const extension = extensionOf(path);
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
};

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether a line that is all of the input is an object around an array of objects, as the JSON format accepts it. */
const wrapsDocuments = (line: string): boolean => {
  const values: unknown[] = Object.values(JSON.parse(line) as object);
  return values.some((value) => Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null && !Array.isArray(value[0]));
};

/**
 * The format by the first bytes: `[` is JSON; `{` and `"` are JSONL when the first line is JSON by itself, else JSON; PAR1 is
 * Parquet. One line alone is JSON when it is an object around an array of objects. E_INPUT_FORMAT for anything else: columns
 * and prose look alike.
 */
export const formatOfContent = (head: Uint8Array, name: string): FileFormat => {
  const text = new TextDecoder('utf-8').decode(head).trimStart();
  if (text.startsWith('PAR1')) return 'parquet';
  if (text.startsWith('[')) return 'json';
  if (text.startsWith('{') || text.startsWith('"')) {
    const end = text.indexOf('\n');
    const line = end < 0 ? text : text.slice(0, end);
    if (!parses(line)) return 'json';
    const alone = end < 0 || text.slice(end).trim() === '';
    return alone && text.startsWith('{') && wrapsDocuments(line) ? 'json' : 'jsonl';
  }
  const problem = text === '' ? 'it begins with blank lines only' : `it begins with ${quoteStart(text.split(/\r?\n/, 1)[0] ?? '')}`;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    (say) => `the format of ${name} cannot be told: ${problem}. Name it ${say.as('format')}: ${formats.join(', ')}.`,
  );
};
