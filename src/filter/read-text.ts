import { messageOf } from '../errors.ts';
import { parseWithLongIntegers } from '../text/long-integers.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { type Condition, joined, negated } from './condition.ts';
import { type Count, countOne, DEEPEST, leafOf, type Operator } from './leaf.ts';
import { endOfList, isAtEnd, next, placed, quoted, type Reading, take, takeMatch, takeWord, wordAt } from './reading.ts';

/** Where the values of a list end, beside the end of the text. */
type Within = 'list' | 'condition';

const signs: Readonly<Record<string, Operator>> = { '=': 'equals', '!=': 'not', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };
const words = ['in', 'contains', 'prefix', 'exists'] as const;
const keywords: readonly string[] = ['and', 'or', 'not', ...words];
const operatorWords = `${Object.keys(signs).join(', ')}, ${words.join(', ')}`;

/** What people of other languages write, and what it is here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['==', '='],
  ['===', '='],
  ['<>', '!='],
  ['!==', '!='],
  ['=>', '>='],
  ['=<', '<='],
  ['is', '='],
  ['eq', '='],
  ['equal', '='],
  ['equals', '='],
  ['ne', '!='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
  ['between', '>='],
  ['like', 'prefix'],
  ['begins', 'prefix'],
  ['starts', 'prefix'],
  ['startswith', 'prefix'],
  ['has', 'contains'],
  ['includes', 'contains'],
]);

const inQuotes = 'a text with such a word or sign in it stands in quotes';

/**
 * `filter := all ('or' all)*`, `all := one ('and' one)*`, `one := 'not' one | '(' filter ')' | field operator value`. Throws E_USAGE with the place,
 * what was expected there and what was meant.
 */
export function readText(text: string, count: Count, depth: number): Condition {
  const reading: Reading = { text, at: 0 };
  const condition = readAny(reading, count, depth);
  if (isAtEnd(reading)) return condition;
  throw placed(
    reading,
    next(reading) === ')'
      ? 'there is no "(" for this ")".'
      : `expected "and", "or" or the end, got ${wordAt(reading)}.${symbolHint(reading)}`,
  );
}

function readAny(reading: Reading, count: Count, depth: number): Condition {
  const parts = [readAll(reading, count, depth)];
  while (takeWord(reading, 'or')) parts.push(readAll(reading, count, depth));
  return joined('or', parts);
}

function symbolHint({ text, at }: Reading): string {
  if (/^&/.test(text.slice(at, at + 1))) return ' Did you mean "and"?';
  return text[at] === '|' ? ' Did you mean "or"?' : '';
}

function readAll(reading: Reading, count: Count, depth: number): Condition {
  const parts = [readOne(reading, count, depth)];
  while (takeWord(reading, 'and')) parts.push(readOne(reading, count, depth));
  return joined('and', parts);
}

function readOne(reading: Reading, count: Count, depth: number): Condition {
  if (depth > DEEPEST) throw placed(reading, `"(" and "not" stand inside each other more than ${DEEPEST} levels deep.`);
  if (takeWord(reading, 'not'))
    return negated(next(reading) === '(' ? readGroup(reading, count, depth) : readOne(reading, count, depth + 1));
  return next(reading) === '(' ? readGroup(reading, count, depth) : readCondition(reading, count);
}

function readGroup(reading: Reading, count: Count, depth: number): Condition {
  const from = reading.at;
  take(reading, '(');
  if (depth === DEEPEST) throw placed(reading, `"(" and "not" stand inside each other more than ${DEEPEST} levels deep.`, from);
  const inner = readAny(reading, count, depth + 1);
  if (take(reading, ')')) return inner;
  throw isAtEnd(reading)
    ? placed(reading, 'this "(" is not closed.', from)
    : placed(reading, `expected "and", "or" or ")", got ${wordAt(reading)}.${symbolHint(reading)}`);
}

function readCondition(reading: Reading, count: Count): Condition {
  const field = readField(reading);
  const isNot = takeWord(reading, 'not');
  const operator = readOperator(reading, field, isNot);
  // A list after "=" is the values of which one suffices, as in the library.
  const isAmong = next(reading) === '[' && operator === 'equals';
  const from = reading.at;
  const value = readValue(reading, operator);
  countOne(count, 'conditions');
  try {
    const condition = leafOf(field, isAmong ? 'in' : operator, value);
    return isNot ? negated(condition) : condition;
  } catch (error) {
    throw placed(reading, messageOf(error), from);
  }
}

function readField(reading: Reading): string {
  const character = next(reading);
  if (character === '`' || character === '"' || character === "'") return quoted(reading);
  const from = reading.at;
  const word = takeMatch(reading, /[^\s(),<>=!]+/y);
  if (word === undefined)
    throw placed(reading, `expected a field, got ${wordAt(reading)}.${character === '!' ? ' Did you mean "not"?' : ''}`);
  if (keywords.includes(word.toLowerCase()))
    throw placed(reading, `expected a field, got "${word}". A field of that name stands in backticks: \`${word}\`.`, from);
  return word;
}

function readOperator(reading: Reading, field: string, isNot: boolean): Operator {
  const word = words.find((one) => takeWord(reading, one));
  if (word !== undefined) return word;
  next(reading);
  const from = reading.at;
  const sign = takeMatch(reading, /[<>=!]+/y);
  const known = sign === undefined ? undefined : signs[sign];
  if (known !== undefined && !isNot) return known;
  reading.at = from;
  const got = sign ?? takeMatch({ ...reading }, /[^\s(),<>=!]+/y) ?? '';
  const near = isNot ? '!=' : (elsewhere.get(got.toLowerCase()) ?? nearestName(got, words));
  const expected = isNot ? words.map((one) => `not ${one}`).join(', ') : operatorWords;
  throw placed(
    reading,
    `expected an operator (${expected}) after the field "${field}", got ${sign === undefined ? wordAt(reading) : `"${sign}"`}.${
      near !== undefined && got !== ''
        ? ` Did you mean "${near}"?`
        : ' A name of several words stands in backticks, a text with "and" in it in quotes.'
    }`,
  );
}

function readValue(reading: Reading, operator: Operator): unknown {
  if (operator === 'exists') return true;
  if (operator === 'in') return next(reading) === '[' ? readJsonList(reading) : readList(reading);
  // `note=` asks for an empty text.
  if ((operator === 'equals' || operator === 'not') && isAtEnd(reading)) return '';
  return readItem(reading, 'condition', operator === 'prefix');
}

function readJsonList(reading: Reading): unknown {
  const end = endOfList(reading);
  try {
    const list: unknown = parseWithLongIntegers(reading.text.slice(reading.at, end));
    reading.at = end;
    return list;
  } catch (error) {
    throw placed(reading, `what begins with "[" is read as a list of JSON, and it is none: ${messageOf(error)}.`);
  }
}

function readList(reading: Reading): readonly unknown[] {
  const items: unknown[] = [];
  next(reading);
  const from = reading.at;
  if (!take(reading, '(')) throw placed(reading, `expected a list in "(" and ")" after "in", got ${wordAt(reading)}.`);
  if (take(reading, ')')) return items;
  do items.push(readItem(reading, 'list', false));
  while (take(reading, ','));
  if (take(reading, ')')) return items;
  throw isAtEnd(reading)
    ? placed(reading, 'this "(" is not closed.', from)
    : placed(reading, `expected "," or ")", got ${wordAt(reading)}. Put a text with such a sign in it in quotes.`);
}

/** A value as JSON, a text in quotes, or words as they stand. */
function readItem(reading: Reading, within: Within, isText: boolean): unknown {
  const character = next(reading);
  if (character === '"' || character === "'") return quoted(reading);
  if (character === '[') return readJsonList(reading);
  if (character === '{') throw placed(reading, 'an object is compared in the JSON form: {"fields": {"place": {"equals": {…}}}}.');
  if (character === '(') throw placed(reading, 'expected one value, got "(". A list stands after "in": tags in (sea, whales).');
  if (character === '' || /[),<>=!]/.test(character)) throw placed(reading, `expected a value, got ${wordAt(reading)}.`);
  const bare = readWords(reading, within);
  return isText ? bare : literalOf(bare);
}

/** A text without quotes: words up to "and", "or", or the end. What may as well be the next condition is refused rather than taken for text. */
function readWords(reading: Reading, within: Within): string {
  const from = reading.at;
  takeMatch(reading, /[^\s(),]+/y);
  for (;;) {
    const end = reading.at;
    const character = next(reading);
    const word = takeMatch(reading, /[^\s(),]+/y);
    if (word === undefined) {
      if (character === '(' || (character === ',' && within === 'condition'))
        throw placed(
          reading,
          `expected "and", "or" or the end, got "${character}". Several values stand in a list, tags in (sea, whales); ${inQuotes}.`,
        );
      return reading.text.slice(from, end);
    }
    if (/^(and|or)$/i.test(word)) {
      reading.at = end;
      return reading.text.slice(from, end);
    }
    if (!keywords.includes(word.toLowerCase()) && !/[<>=]|^&&?$|^\|\|?$|^["'`]/.test(word)) continue;
    reading.at = end;
    next(reading);
    throw placed(
      reading,
      `expected "and", "or" or the end, got ${wordAt(reading)}.${symbolHint(reading)} ${inQuotes[0]?.toUpperCase()}${inQuotes.slice(1)}.`,
    );
  }
}

/** A number or a word of JSON where it is one, and else a text; an integer beyond ±(2^53 − 1) is a text of its digits, as in documents. */
function literalOf(bare: string): unknown {
  if (/^(true|false|null)$/i.test(bare)) return JSON.parse(bare.toLowerCase());
  return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(bare) ? parseWithLongIntegers(bare) : bare;
}
