import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import type { TextKind } from './format.ts';
import { checkCharset, htmlParts } from './html.ts';
import { markdownParts, type TextParts } from './markdown.ts';
import type { Source } from './source.ts';
import { joinTexts } from './text.ts';

const partsOf = async (kind: TextKind, text: string): Promise<TextParts> => {
  if (kind === 'html') return htmlParts(text);
  return kind === 'markdown' ? markdownParts(text) : { text };
};

const fileStem = (path: string): string => path.replace(/^.*\//, '').replace(/(?<=.)\.[^.]*(?:\.gz)?$/i, '');

/**
 * One document `{ title, text, path }` of one text, at most 256 MiB. Without a title of its own it has the file's name, without
 * extension; without a path (standard input) it has neither. A front matter adds fields, but never replaces `text` and `path`; what of it
 * could not be read is noted. E_INPUT_EMPTY where there is only white space, unless `mayBeEmpty`.
 */
export const readTextDocument = async (
  source: Source,
  kind: TextKind,
  path: string | undefined,
  mayBeEmpty: boolean,
): Promise<Pick<ReadDocument, 'document' | 'notes'>> => {
  if (kind === 'html') checkCharset(source.name, source.head);
  const whole = await joinTexts(source.name, source.texts());
  if (whole.trim() === '' && !mayBeEmpty)
    throw new FinetoothError('E_INPUT_EMPTY', `${source.name} holds only blank lines. Check the command that wrote it.`);
  const { title = path && fileStem(path), text, fields, notes } = await partsOf(kind, whole);
  const document = { ...fields, ...(title !== undefined && { title }), text, ...(path !== undefined && { path }) };
  return { document, ...(notes && { notes: notes.map(({ line, ...note }) => ({ ...note, where: `${source.name} line ${line}` })) }) };
};
