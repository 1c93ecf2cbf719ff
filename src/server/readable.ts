import { textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import type { Passage, RerankAsk } from './dialects/dialect.ts';
import { RequestError } from './problem.ts';

/** Fields that point to something rather than tell of it: alone they are no text. */
const pointers = new Set([
  'id',
  '_id',
  'url',
  'uri',
  'path',
  'href',
  'link',
  'image',
  'image_url',
  'video',
  'video_url',
  'audio',
  'input_audio',
]);

/** Fields of a part of a message that only say what it is. */
const kinds = new Set(['type', 'detail']);

/**
 * The text of each document: of an object the fields that were named, in order; else all of its fields, or the texts of its `content`, where that is
 * a list of parts, as messages of chats have it. Throws a RequestError that names the first in which there is nothing to read: a blank would tie with every
 * other blank, and no one would be told.
 */
export function textsOf({ documents, fields }: RerankAsk): readonly string[] {
  const objects = documents.filter((one): one is Document => typeof one !== 'string');
  const missing = fields?.find((field) => objects.length > 0 && !objects.some((one) => Object.hasOwn(one, field)));
  if (missing !== undefined && fields?.join() !== 'text')
    throw new RequestError('invalid', `no document has the field "${missing}" of rank_fields`, { param: 'rank_fields' });
  return documents.map((one, at) => {
    if (typeof one === 'string') return one;
    const text = fields === undefined ? textOfWhole(one, at) : textOf(one, fields);
    if (text.trim() === '') throw unreadable(at, fields === undefined ? 'holds no text' : `has no text in ${fields.join(', ')}`);
    return text;
  });
}

/** An object whose text stands in one place, `text` or parts of a message; undefined where it does not. */
export function textOfMessage(one: Passage, at: number): string | undefined {
  if (typeof one === 'string') return one;
  if (typeof one.text === 'string' && one.text.trim() !== '') return one.text;
  return Array.isArray(one.content) && one.content.every(isPart) ? textOfParts(one.content as readonly Document[], at) : undefined;
}

/** The texts of parts, one per line. Throws a RequestError for a part that is none: what a picture shows would be left out in silence. */
export function textOfParts(parts: readonly Document[], at: number): string {
  const other = parts.find(({ text }) => typeof text !== 'string');
  if (other !== undefined) {
    const kind = typeof other.type === 'string' ? other.type : (Object.keys(other).find((name) => !kinds.has(name)) ?? 'nothing');
    throw unreadable(at, `holds "${kind}"`);
  }
  return parts.map(({ text }) => text as string).join('\n');
}

function textOfWhole(one: Document, at: number): string {
  const parts = Array.isArray(one.content) && one.content.length > 0 && one.content.every(isPart);
  if (parts) return textOfParts(one.content as readonly Document[], at);
  const names = Object.keys(one);
  if (names.every((name) => pointers.has(name.toLowerCase()) || kinds.has(name))) {
    const pointer = names.find((name) => !kinds.has(name));
    throw unreadable(at, pointer === undefined ? 'holds no text' : `holds "${pointer}" alone`);
  }
  return textOf(one, names);
}

const isPart = (part: unknown): boolean => typeof part === 'object' && part !== null && !Array.isArray(part);

const unreadable = (at: number, why: string): RequestError =>
  new RequestError('invalid', `document at index ${at} ${why}: the models here read text alone`, { param: 'documents' });
