import { FinetoothError } from '../errors.ts';
import { derivedId, hashOfDocument } from '../text/identity.ts';
import type { Document, ReadDocument } from '../types.ts';
import { counted, grouped } from '../wording/numbers.ts';
import { hashWithVectors } from './embedded.ts';

/** A document under the id that it is stored by. */
export interface Identified extends ReadDocument {
  readonly id: string;
  readonly hash: string;
}

export interface Identifier {
  /** Where each id was read. */
  readonly seen: ReadonlyMap<string, string>;
  /** Throws E_INPUT_FORMAT for a document that lacks the id field that was named, E_DUPLICATE_ID for a second one of the same id. */
  identify(read: ReadDocument): Identified;
  /** A sentence where only some of the documents have an id of their own. */
  notes(): readonly string[];
}

/** Fields that hold an id where nobody names one. */
const usualNames = ['_id', 'id'];

/** Places that a note names. */
const NAMED = 3;

/** The usual name by which most of the documents have an id; nothing where none has one, or where the source gives them. */
export function commonIdField(documents: readonly ReadDocument[]): string | undefined {
  const own = documents.filter(({ id }) => id === undefined);
  const [most] = usualNames
    .map((name) => ({ name, count: own.filter(({ document }) => has(document, name)).length }))
    .sort((a, b) => b.count - a.count);
  return most === undefined || most.count === 0 ? undefined : most.name;
}

/**
 * Gives each document its id: what its source says, else the id field, else `_id` or `id`, else one from its content. A field of another
 * name than those two was named by somebody, and then every document must have it.
 */
export function identifier(idField: string | undefined): Identifier {
  const seen = new Map<string, string>();
  const repeats = new Map<string, number>();
  const strict = idField !== undefined && !usualNames.includes(idField);
  const names = strict ? [idField] : [...new Set([...(idField === undefined ? [] : [idField]), ...usualNames])];
  let withId = 0;
  const without: { count: number; first: string[] } = { count: 0, first: [] };

  const idOf = (read: ReadDocument, hash: string): string => {
    const { document, where, id } = read;
    if (id !== undefined) return id;
    const name = names.find((one) => has(document, one));
    if (name !== undefined) {
      withId++;
      checkOwn(read, name);
      return String(document[name]);
    }
    if (strict) {
      const value = document[idField];
      const got = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 60)}`;
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        (say) =>
          `${where}: the id field "${idField}" ${got}; every document needs a text or a number there. Name another field ${say.as('idField')}.`,
      );
    }
    without.count++;
    if (without.first.length < NAMED) without.first.push(where);
    const repeat = (repeats.get(hash) ?? 0) + 1;
    repeats.set(hash, repeat);
    return derivedId(hash, repeat);
  };
  return {
    seen,
    identify: (read) => {
      const hash = hashOfDocument(read.document);
      const id = idOf(read, hash);
      const first = seen.get(id);
      if (first !== undefined)
        throw new FinetoothError(
          'E_DUPLICATE_ID',
          (say) =>
            `${read.where} has the id "${id}", which ${first} has too. Ids must differ; change one of them, or name another field ${say.as('idField')}.`,
        );
      seen.set(id, read.where);
      return { ...read, id, hash: read.embedded === undefined ? hash : hashWithVectors(hash, read.embedded) };
    },
    notes: () => {
      if (without.count === 0 || (withId === 0 && idField === undefined)) return [];
      const more = without.count > without.first.length ? `, and ${grouped(without.count - without.first.length)} more` : '';
      const own = without.count === 1 ? 'has no id of its own' : 'have no id of their own';
      return [`${counted(without.count, 'document')} ${own} (${without.first.join(', ')}${more}); the id comes from the content`];
    },
  };
}

const has = (document: Document, name: string): boolean => Object.hasOwn(document, name) && isId(document[name]);

const isId = (value: unknown): value is string | number => (typeof value === 'string' && value !== '') || typeof value === 'number';

/** Throws E_INPUT_FORMAT for an id that another one may have become too, on its way here or on its way into an index. */
function checkOwn({ document, where, mended }: ReadDocument, name: string): void {
  const value = document[name];
  if (typeof value === 'string' && (!value.isWellFormed() || mended?.includes(name)))
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where}: the id field "${name}" holds half a character (a lone surrogate), which no index can keep: ids that differ in nothing else would become one. Correct it.`,
    );
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where}: the id field "${name}" is the number ${value}; beyond ±(2^53 − 1) several numbers are one, and so would be the documents. Write such ids as texts.`,
    );
}
