import { FinetoothError } from '../errors.ts';
import { csv } from './csv.ts';
import { folderOf } from './folder.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { markdown } from './markdown.ts';
import { parquet } from './parquet.ts';
import { plainText } from './plain-text.ts';
import type { Reader } from './reader.ts';
import { quoteStart } from './text.ts';
import { tsv } from './tsv.ts';

/** Readers of one document per file; these files are also what is read from a folder. */
const documents = [markdown, plainText, html] as const;

/** Every format that is read, once: its name, its extensions and what begins like it stand in its reader. */
const readers = [json, jsonl, csv, tsv, parquet, folderOf(documents), ...documents] as const satisfies readonly Reader[];

export type Format = (typeof readers)[number]['name'];

export const formats: readonly Format[] = [...new Set(readers.map(({ name }) => name))];

/** Unpacked bytes that `readerOfContent` may need: a first line is decided on when it is no longer than this. */
export const contentHeadBytes = 1024 * 1024;

/** The reader of a format; of several that of the path's extension, else the plainest. */
export function readerNamed(format: Format, path = ''): Reader {
  const named = readers.filter(({ name }) => name === format);
  return named.find((reader) => hasExtension(reader, path)) ?? (format === plainText.name ? plainText : (named[0] as Reader));
}

/** The reader by a file's extension (before `.gz`), in any letter case. */
export function readerOfName(path: string): Reader | undefined {
  return readers.find((reader) => hasExtension(reader, path));
}

/** The reader that recognises the first bytes. E_INPUT_FORMAT where none does: columns and prose look alike. */
export function readerOfContent(head: Uint8Array, name: string): Reader {
  const text = new TextDecoder('utf-8').decode(head).trimStart();
  const found = readers.find((reader) => reader.recognise(text));
  if (found !== undefined) return found;
  const problem = text === '' ? 'it begins with blank lines only' : `it begins with ${quoteStart(text.split(/\r?\n/, 1)[0] ?? '')}`;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    (say) => `the format of ${name} cannot be told: ${problem}. Name it ${say.as('format')}: ${formats.join(', ')}.`,
  );
}

function hasExtension({ extensions }: Reader, path: string): boolean {
  return extensions.includes(/\.([^./\\]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? '');
}
