import { FinetoothError, messageOf } from '../errors.ts';
import type { Document, FieldValue } from '../types.ts';

export interface RecipeOptions {
  /** Put the name of each field before its words, one line per field: "title: …". @default false */
  readonly labels?: boolean;
}

/** What many documents would be read by, each for itself; their order changes nothing. */
export interface FieldCounts {
  see(document: Document): void;
  /**
   * The fields that most of the documents that fill them would be read by: title first, then texts by their usual names, then the others by
   * their place in the documents. A few odd documents do not change what is read of the others.
   */
  common(): readonly string[];
  /** Documents that have words in a field which they would be read by and which is not among these: their number, by field. */
  unread(fields: readonly string[]): Readonly<Record<string, number>>;
}

interface Recipe {
  readonly fields: readonly string[];
  /** The document has a text by one of the usual names; otherwise all of its texts are taken. */
  readonly named: boolean;
}

/** Fields that hold a text in most collections: one of these alone is the text, with a title before it. */
const textNames = ['text', 'content', 'body', 'passage', 'contents', 'abstract', 'overview', 'description'];

/** Whether a field of this name holds a text, or its title, in most collections: a title may be 1917. */
export const isTextName = (name: string): boolean => name === 'title' || textNames.includes(name);

/** Fields that name a thing rather than tell of it. */
const idNames = new Set(['id', '_id', 'url', 'uri', 'path', 'href', 'link', 'image']);

/**
 * The text of a document: the named fields in the order given, joined by one space, or with labels by line ends. Strings stand as they are,
 * numbers and truth values as JSON has them, lists joined by ", ", objects as JSON. A field that is null, absent or only white space adds
 * nothing, nor does its label. A text without any field is ''.
 *
 * @example
 * import { textOf } from 'finetooth/stores';
 *
 * const film = { title: 'Jaws', year: 1975, tagline: null };
 * console.log(textOf(film, ['title', 'tagline', 'year'])); // Jaws 1975
 * console.log(JSON.stringify(textOf(film, ['title', 'year'], { labels: true }))); // "title: Jaws\nyear: 1975"
 */
export function textOf(document: object, fields: readonly string[], options: RecipeOptions = {}): string {
  return readable(() => {
    if (typeof document !== 'object' || document === null || !Array.isArray(fields) || typeof options !== 'object')
      throw new FinetoothError(
        'E_USAGE',
        "textOf takes a document, an object, and a list of fields. Call it as textOf(document, ['title', 'text'], { labels: false }).",
      );
    const { labels = false } = options;
    return fields
      .map((field) => [field, wordsOf(Object.hasOwn(document, field) ? (document as Document)[field] : undefined)] as const)
      .filter(([, words]) => words.trim() !== '')
      .map(([field, words]) => (labels ? `${field}: ${words}` : words))
      .join(labels ? '\n' : ' ');
  });
}

/** Documents come as their owners have them: one may hold itself, or throw when it is looked at. */
function readable<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FinetoothError) throw cause;
    throw new FinetoothError('E_INPUT_FORMAT', `a document cannot be read: ${messageOf(cause)}. Give its fields as JSON has them.`, {
      cause,
    });
  }
}

/**
 * The recipe of one document when the user names no fields: title and text where it has them, otherwise all of its fields that are texts.
 * It depends on nothing but the document.
 */
export const defaultFields = (document: Document): readonly string[] => readable(() => recipeOf(document).fields);

/** `most`: names that are counted, so that documents which use values as names do not fill the memory. */
export function fieldCounts(most = Number.POSITIVE_INFINITY): FieldCounts {
  interface Count {
    /** Documents that would be read by it, and how many of them have words there. */
    read: number;
    filled: number;
    /** Documents that have words there and would be read by others. */
    beside: number;
    /** Sum of its places in the recipes. */
    places: number;
    named: boolean;
  }
  const counts = new Map<string, Count>();
  const countOf = (name: string): Count => {
    const count = counts.get(name) ?? { read: 0, filled: 0, beside: 0, places: 0, named: false };
    if (counts.size < most) counts.set(name, count);
    return count;
  };
  const isCommon = ({ read, beside }: Count): boolean => read > 0 && read >= beside;
  return {
    see: (document) => {
      const { fields, named } = readable(() => recipeOf(document));
      for (const [place, name] of fields.entries()) {
        const count = countOf(name);
        count.read++;
        count.places += place;
        count.named ||= named;
        if (saysSomething(document[name])) count.filled++;
      }
      for (const name of Object.keys(document)) if (!fields.includes(name) && saysSomething(document[name])) countOf(name).beside++;
    },
    common: () => {
      const common = [...counts].filter(([, count]) => isCommon(count));
      const usual = common.some(([, { named }]) => named) ? ['title', ...textNames] : [];
      const rankOf = (name: string): number => (usual.includes(name) ? usual.indexOf(name) : usual.length);
      const placeOf = ({ places, read }: Count): number => places / read;
      return common
        .sort(([a, one], [b, other]) => rankOf(a) - rankOf(b) || placeOf(one) - placeOf(other) || (a < b ? -1 : 1))
        .map(([name]) => name);
    },
    unread: (fields) =>
      Object.fromEntries(
        [...counts]
          .filter(([name, count]) => count.filled > 0 && !fields.includes(name) && (count.named || isCommon(count)))
          .sort(([a, one], [b, other]) => other.filled - one.filled || (a < b ? -1 : 1))
          .map(([name, { filled }]) => [name, filled]),
      ),
  };
}

/** Words of one value: strings as they are, lists joined by ", ", objects as JSON; nothing for null. */
function wordsOf(value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return (value as readonly FieldValue[])
      .map(wordsOf)
      .filter((words) => words.trim() !== '')
      .join(', ');
  }
  return typeof value === 'object' ? JSON.stringify(value, plainly) : String(value);
}

/** JSON has no form for a bigint, which a database may give. */
function plainly(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function recipeOf(document: Document): Recipe {
  const own = (name: string): FieldValue | undefined => (Object.hasOwn(document, name) ? document[name] : undefined);
  const title = isText(own('title')) ? ['title'] : [];
  const text = textNames.find((name) => saysSomething(own(name)));
  if (text !== undefined) return { fields: [...title, text], named: true };
  // An empty text is a text too, where the title says something: other fields are then beside the point.
  const empty = textNames.find((name) => own(name) === null || isText(own(name)));
  if (empty !== undefined && saysSomething(own('title'))) return { fields: ['title', empty], named: true };
  const all = Object.keys(document).filter((name) => isText(document[name]) && !idNames.has(name.toLowerCase()));
  return { fields: all, named: false };
}

const isText = (value: FieldValue | undefined): boolean => typeof value === 'string';

/** Whether a value is a text with words, or a list that holds one. */
const saysSomething = (value: FieldValue | undefined): boolean =>
  typeof value === 'string' ? value.trim() !== '' : Array.isArray(value) && (value as readonly FieldValue[]).some(saysSomething);
