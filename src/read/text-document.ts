import { FinetoothError } from '../errors.ts';
import type { FieldValue, ReadDocument } from '../types.ts';
import type { LineNote } from './front-matter.ts';
import type { Source } from './source.ts';
import { joinTexts } from './text.ts';

/** What a text document says of itself. */
export interface TextParts {
  readonly title?: string;
  readonly text: string;
  /** The line of the source that it begins in, from 1; absent where it does not stand there as it is. */
  readonly line?: number;
  /** Further fields, from the front matter. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly notes?: readonly LineNote[];
}

/**
 * One document `{ title, text, path }` of one text, at most 256 MiB. Without a title of its own it has the file's name, without
 * extension; without a path (standard input) it has neither. A front matter adds fields, but never replaces `text` and `path`; what of it
 * could not be read is noted. E_INPUT_EMPTY where there is only white space, unless that may be. `declared`: the encoding that the text names.
 */
export async function* readTextDocument(
  source: Source,
  partsOf: (text: string) => TextParts | Promise<TextParts>,
  declared?: string,
): AsyncGenerator<ReadDocument> {
  const { name, documentPath: path, mayBeEmpty } = source;
  const whole = await joinTexts(name, source.texts(declared));
  if (whole.trim() === '' && !mayBeEmpty)
    throw new FinetoothError('E_INPUT_EMPTY', `${name} holds only blank lines. Check the command that wrote it.`);
  const { title = path && fileStem(path), text, line, fields, notes } = await partsOf(whole);
  const document = { ...fields, ...(title !== undefined && { title }), text, ...(path !== undefined && { path }) };
  yield {
    document,
    where: name,
    line,
    ...(path !== undefined && { id: path }),
    ...(notes && { notes: notes.map(({ line, ...note }) => ({ ...note, where: `${name} line ${line}` })) }),
  };
}

const fileStem = (path: string): string => path.replace(/^.*\//, '').replace(/(?<=.)\.[^.]*(?:\.gz)?$/i, '');
