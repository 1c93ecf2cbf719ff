import { FinetoothError } from '../errors.ts';
import { asciidoc } from './asciidoc.ts';
import { code } from './code.ts';
import { csv } from './csv.ts';
import { docx } from './docx.ts';
import { email } from './email.ts';
import { wideEncodingOf } from './encoding.ts';
import { epub } from './epub.ts';
import { folderOf } from './folder.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { lineDocuments } from './line-documents.ts';
import { markdown } from './markdown.ts';
import { notebook } from './notebook.ts';
import { parquet } from './parquet.ts';
import { pdf } from './pdf.ts';
import { plainText } from './plain-text.ts';
import { extensionOf, type Reader } from './reader.ts';
import { restructuredText } from './restructured-text.ts';
import { quoteStart } from './text.ts';
import { tsv } from './tsv.ts';

/** Readers of files that are documents; these are what is read from a folder. */
const documents = [markdown, plainText, html, restructuredText, asciidoc, notebook, email, pdf, docx, epub, code] as const;

/** What reads the files of a folder. */
export const folderReaders = { documents, plain: plainText } as const;

/** Every format that is read, once: its name, its extensions and what begins like it stand in its reader. */
const readers = [json, jsonl, csv, tsv, parquet, folderOf(folderReaders), lineDocuments, ...documents] as const satisfies readonly Reader[];

export type Format = (typeof readers)[number]['name'];

export const formats: readonly Format[] = [...new Set(readers.map(({ name }) => name))];

/** The table, for who lists it. */
export const listReaders = (): readonly Reader[] => readers;

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

/** The first two lines that are not blank have as many commas, semicolons or tabs as each other, and some: a table, or text that looks like one. */
export function looksLikeColumns(head: Uint8Array): boolean {
  const [one, two] = headTextOf(head).split(/[\r\n]+/, 3);
  const countOf = (line: string | undefined, mark: string): number => (line ?? '').split(mark).length - 1;
  return [',', ';', '\t'].some((mark) => countOf(one, mark) > 0 && countOf(one, mark) === countOf(two, mark));
}

/** The reader that recognises the first bytes. E_INPUT_FORMAT where none does: columns and prose look alike. */
export function readerOfContent(head: Uint8Array, name: string): Reader {
  const text = headTextOf(head);
  const found = readers.find((reader) => reader.recognise(text));
  if (found !== undefined) return found;
  const problem = text === '' ? 'it begins with blank lines only' : `it begins with ${quoteStart(text.split(/\r?\n/, 1)[0] ?? '')}`;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    (say) => `the format of ${name} cannot be told: ${problem}. Name it ${say.as('format')}: ${formats.join(', ')}.`,
  );
}

function headTextOf(head: Uint8Array): string {
  const wide = wideEncodingOf(head);
  return new TextDecoder(wide === undefined || wide === 'utf-32' ? 'utf-8' : wide).decode(head).trimStart();
}

function hasExtension({ extensions }: Reader, path: string): boolean {
  return extensions.includes(extensionOf(path));
}
