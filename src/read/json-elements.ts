import { FinetoothError } from '../errors.ts';
import { type JsonCursor, jsonCursor } from './json-cursor.ts';
import { quoteStart } from './text.ts';

/** One element of the array, as text. `number` counts from 1; `line` is where it begins. */
export interface JsonElement {
  readonly text: string;
  readonly number: number;
  readonly line: number;
}

/** The code of `]`, due where the `[` was taken already. */
const bracket = 93;

/**
 * The elements of a JSON array, one at a time and not parsed yet, however long the array is; or of the only array of objects
 * in a JSON object. Text that has no such array is E_INPUT_FORMAT. Memory is bounded by the longest element, at most 256 MiB.
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

/** The elements of the one field that holds an array of objects; the `{` was taken. Returns the fields where there is no such array. */
async function* elementsOfField(name: string, cursor: JsonCursor): AsyncGenerator<JsonElement, readonly string[] | undefined> {
  const fields: string[] = [];
  let found: string | undefined;
  let emptyArray = false;
  const whole = async (what: string, due?: number[]): Promise<string> => {
    const taken = await cursor.value(what, due);
    if (!taken.whole) throw cutOff(name, `in the middle of ${what}`);
    return taken.text;
  };
  const parsed = (text: string, what: string): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new FinetoothError('E_INPUT_FORMAT', `${name} ${what} is not JSON: it begins with ${quoteStart(text)}. Correct it.`, { cause });
    }
  };
  let got = await cursor.next();
  while (got !== '}') {
    if (got === '') throw cutOff(name, 'in the middle of its object');
    if (got !== '"') throw unexpected(name, cursor.line(), 'a field name in quotes', got);
    const field = String(parsed(await whole('a field name'), 'field name'));
    fields.push(field);
    const what = `field ${quoteStart(field)}`;
    got = await cursor.next();
    if (got !== ':') throw got === '' ? cutOff(name, `after ${what}`) : unexpected(name, cursor.line(), `a colon after ${what}`, got);
    cursor.skip();
    got = await cursor.next();
    if (got === ',' || got === '}') throw unexpected(name, cursor.line(), `a value of ${what}`, got);
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
        parsed(`[${await whole(what, [bracket])}`, what);
      }
    } else parsed(await whole(what), what);
    got = await cursor.next();
    if (got !== ',' && got !== '}')
      throw got === '' ? cutOff(name, `after ${what}`) : unexpected(name, cursor.line(), `a comma or } after ${what}`, got);
    if (got === '}') break;
    cursor.skip();
    got = await cursor.next();
    if (got === '}') throw unexpected(name, cursor.line(), 'a field name in quotes', got);
  }
  cursor.skip();
  return found === undefined && !emptyArray ? fields : undefined;
}

const noArray = (name: string, fields: readonly string[]): FinetoothError =>
  new FinetoothError(
    'E_INPUT_FORMAT',
    `${name} holds one object, and no field of it (${fields.join(', ') || 'it has none'}) is an array of objects. Put documents into an array: [{…}, {…}].`,
  );

const cutOff = (name: string, where: string): FinetoothError =>
  new FinetoothError('E_INPUT_FORMAT', `${name} ends ${where}: the file was cut off. Write or fetch it again.`);
