import { FinetoothError } from '../errors.ts';
import { listedNames } from '../wording/listed-names.ts';
import { type JsonCursor, jsonCursor } from './json-cursor.ts';
import { quoteStart } from './text.ts';

/** One element of the array, or one value of the object, as text. `number` counts from 1; `line` is where it begins. */
export interface JsonElement {
  readonly text: string;
  readonly number: number;
  readonly line: number;
  /** The name under which it stands, where the documents are the values of one object. */
  readonly key?: string;
}

/** Values of an object that are held back until it is sure that no array of objects comes behind them; and their characters. */
const HELD = 1000;
const HELD_CHARACTERS = 1024 * 1024;

/** The code of `]`, due where the `[` was taken already. */
const bracket = 93;

/**
 * The elements of a JSON array, one at a time and not parsed yet, however long the array is; or of the only array of objects
 * in a JSON object; or the values of an object that holds nothing but objects, two at least. All else is E_INPUT_FORMAT. Memory is bounded by
 * the longest element, at most 256 MiB.
 */
export async function* jsonElements(name: string, texts: AsyncIterable<string>): AsyncGenerator<JsonElement> {
  const cursor = jsonCursor(name, texts);
  const first = await cursor.next();
  if (first === '') return;
  if (first !== '[' && first !== '{') throw unexpected(name, cursor.line(), 'an array of documents', first);
  cursor.skip();
  const fields = first === '[' ? yield* elementsOf(name, cursor) : yield* elementsOfField(name, cursor);
  const after = await cursor.next();
  if (after === '' && fields) throw noArray(name, fields);
  if (after === '') return;
  const line = cursor.line();
  throw new FinetoothError('E_INPUT_FORMAT', (say) => {
    const advice = after === '{' ? `One object a line is JSONL: pass ${say.option('format', 'jsonl')}.` : 'Take it out.';
    return `${name} line ${line} has more text after the end of the JSON: ${quoteStart(after)}. ${advice}`;
  });
}

const unexpected = (name: string, line: number, wanted: string, got: string): FinetoothError =>
  new FinetoothError('E_INPUT_FORMAT', `${name} line ${line} is not JSON: expected ${wanted}, got ${quoteStart(got)}. Correct it.`);

/** The elements after a `[` that was taken, the `]` too. */
async function* elementsOf(name: string, cursor: JsonCursor): AsyncGenerator<JsonElement, undefined> {
  let got = await cursor.next();
  if (got === ']') {
    cursor.skip();
    return;
  }
  for (let number = 1; ; number++) {
    if (got === '') throw cutOff(name, number === 1 ? 'after the opening bracket' : `after the comma that follows element ${number - 1}`);
    if (got === ',' || got === ']') throw unexpected(name, cursor.line(), `element ${number}`, got);
    const line = cursor.line();
    const { text, whole } = await cursor.value(`element ${number}`);
    if (!whole) throw cutOff(name, `in the middle of element ${number}, which begins on line ${line}`);
    yield { text, number, line };
    got = await cursor.next();
    if (got === '') throw cutOff(name, `after element ${number}, without the closing bracket`);
    if (got !== ',' && got !== ']') throw unexpected(name, cursor.line(), `a comma or ] after element ${number}`, got);
    cursor.skip();
    if (got === ']') return;
    got = await cursor.next();
  }
}

/**
 * The elements of the one field that holds an array of objects, or the values where all are objects; the `{` was taken. Returns the fields where it
 * holds neither.
 */
async function* elementsOfField(name: string, cursor: JsonCursor): AsyncGenerator<JsonElement, readonly string[] | undefined> {
  const fields: string[] = [];
  let found: string | undefined;
  let emptyArray = false;
  const values = keyedValues(name);
  const whole = async (what: string, due?: number[]): Promise<string> => {
    const taken = await cursor.value(what, due);
    if (!taken.whole) throw cutOff(name, `in the middle of ${what}`);
    return taken.text;
  };
  let got = await cursor.next();
  while (got !== '}') {
    if (got === '') throw cutOff(name, 'in the middle of its object');
    if (got !== '"') throw unexpected(name, cursor.line(), 'a field name in quotes', got);
    const field = String(parsed(name, await whole('a field name'), 'field name'));
    fields.push(field);
    const what = `field ${quoteStart(field)}`;
    got = await cursor.next();
    if (got !== ':') throw got === '' ? cutOff(name, `after ${what}`) : unexpected(name, cursor.line(), `a colon after ${what}`, got);
    cursor.skip();
    got = await cursor.next();
    if (got === ',' || got === '}') throw unexpected(name, cursor.line(), `a value of ${what}`, got);
    const line = cursor.line();
    if (got === '{') yield* values.add({ text: await whole(what), number: fields.length, line, key: field });
    else values.end(field, line);
    if (got === '[') {
      cursor.skip();
      got = await cursor.next();
      if (got === '{') {
        if (found !== undefined)
          throw new FinetoothError(
            'E_INPUT_FORMAT',
            `${name} holds two arrays of objects, ${quoteStart(found)} and ${quoteStart(field)}, and only one can be the documents. Keep one of them.`,
          );
        found = field;
        yield* elementsOf(name, cursor);
      } else {
        emptyArray ||= got === ']';
        parsed(name, `[${await whole(what, [bracket])}`, what);
      }
    } else if (got !== '{') parsed(name, await whole(what), what);
    got = await cursor.next();
    if (got !== ',' && got !== '}')
      throw got === '' ? cutOff(name, `after ${what}`) : unexpected(name, cursor.line(), `a comma or } after ${what}`, got);
    if (got === '}') break;
    cursor.skip();
    got = await cursor.next();
    if (got === '}') throw unexpected(name, cursor.line(), 'a field name in quotes', got);
  }
  cursor.skip();
  if (fields.length > 1 && values.areAll()) {
    yield* values.rest();
    return undefined;
  }
  return found === undefined && !emptyArray ? fields : undefined;
}

/** The values of an object, as long as all of them are objects: held back at first, since `{"meta": {…}, "docs": [{…}]}` begins so too. */
function keyedValues(name: string) {
  let held: JsonElement[] = [];
  let characters = 0;
  let areAll = true;
  let areGiven = false;
  const rest = function* (): Generator<JsonElement> {
    areGiven = true;
    yield* held;
    held = [];
  };
  return {
    areAll: () => areAll,
    rest,
    add: function* (value: JsonElement): Generator<JsonElement> {
      if (!areAll) return void parsed(name, value.text, `field ${quoteStart(value.key as string)}`);
      held.push(value);
      characters += value.text.length;
      if (areGiven || held.length > HELD || (held.length > 1 && characters > HELD_CHARACTERS)) yield* rest();
    },
    /** A value that is no object. */
    end: (field: string, line: number): void => {
      if (areGiven)
        throw new FinetoothError(
          'E_INPUT_FORMAT',
          `${name} line ${line}: the values of its object are the documents, but field ${quoteStart(field)} is no object. Take it out.`,
        );
      for (const { key = '', text } of held) parsed(name, text, `field ${quoteStart(key)}`);
      held = [];
      areAll = false;
    },
  };
}

function parsed(name: string, text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FinetoothError('E_INPUT_FORMAT', `${name} ${what} is not JSON: it begins with ${quoteStart(text)}. Correct it.`, { cause });
  }
}

const noArray = (name: string, fields: readonly string[]): FinetoothError =>
  new FinetoothError(
    'E_INPUT_FORMAT',
    `${name} holds one object, and no field of it (${listedNames(fields) || 'it has none'}) is an array of objects. Put documents into an array, [{…}, {…}], or two and more into an object by their ids, {"a": {…}, "b": {…}}.`,
  );

const cutOff = (name: string, where: string): FinetoothError =>
  new FinetoothError('E_INPUT_FORMAT', `${name} ends ${where}: the file was cut off. Write or fetch it again.`);
