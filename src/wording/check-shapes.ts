import { isRecord, shown, type ValueCheck, when } from './check-options.ts';

/** Checks of what has something inside. Where a part does not fit, the words say which, and what it must be. */

export const optional =
  (check: ValueCheck): ValueCheck =>
  (value) =>
    value === undefined ? undefined : check(value);

/** Every entry of a list, also of one with holes. */
export const listOf =
  (words: string, check: ValueCheck): ValueCheck =>
  (value) => {
    if (!Array.isArray(value)) return words;
    for (let at = 0; at < value.length; at++) {
      const wrong = check(value[at]);
      if (wrong !== undefined) return within(words, `[${at}]`, wrong, value[at]);
    }
    return undefined;
  };

/** An object with these members; it may have others. */
export const shape =
  (words: string, members: Readonly<Record<string, ValueCheck>>): ValueCheck =>
  (value) => {
    if (!isRecord(value)) return words;
    for (const [name, check] of Object.entries(members)) {
      const wrong = check(value[name]);
      if (wrong !== undefined) return within(words, name, wrong, value[name]);
    }
    return undefined;
  };

/** An object that has such a value under every name. */
export const recordOf =
  (words: string, check: ValueCheck): ValueCheck =>
  (value) => {
    if (!isRecord(value)) return words;
    for (const [name, one] of Object.entries(value)) {
      const wrong = check(one);
      if (wrong !== undefined) return within(words, JSON.stringify(name.slice(0, 60)), wrong, one);
    }
    return undefined;
  };

/** What is asked as a Map is asked; what is in it is looked at where it is read. */
export const map: ValueCheck = mapOf('a Map');

export function mapOf(words: string): ValueCheck {
  return when(
    words,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      ['get', 'has', 'keys', 'values'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function') &&
      Symbol.iterator in value,
  );
}

/** What `for await` goes over: a list, a set, a stream. */
export const iterable = (words: string): ValueCheck =>
  when(
    words,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      isReadable(value) &&
      [Symbol.iterator, Symbol.asyncIterator].some((kind) => typeof (value as Record<symbol, unknown>)[kind] === 'function'),
  );

/** Whether a value can be looked at: a proxy may throw. */
function isReadable(value: object): boolean {
  try {
    void (Symbol.iterator in value && Array.isArray(value) && value.length);
    void (value as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator];
    return true;
  } catch {
    return false;
  }
}

export const anyText: ValueCheck = when('a text', (value) => typeof value === 'string');
export const anyTexts: ValueCheck = listOf('a list of texts', anyText);
/** Such as the sources of passages. */
export const withTexts: ValueCheck = listOf(
  'a list of objects, each with a text',
  when('an object with a text', (value) => isRecord(value) && typeof value.text === 'string'),
);
export const finite: ValueCheck = when('a finite number', (value) => Number.isFinite(value));
export const anyNumber: ValueCheck = when('a number', (value) => typeof value === 'number');
/** Between 0 and 1, neither of them. */
export const between: ValueCheck = when('a number between 0 and 1', (value) => typeof value === 'number' && value > 0 && value < 1);

/** An array of finite numbers, typed or plain. */
export const finiteNumbers: ValueCheck = when('an array of finite numbers', (value) => {
  if (!(Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value))) return false;
  const numbers = value as ArrayLike<unknown>;
  for (let at = 0; at < numbers.length; at++) if (!Number.isFinite(numbers[at])) return false;
  return true;
});

function within(words: string, place: string, wrong: string, value: unknown): string {
  const got = wrong.includes('; got ') ? '' : `; got ${shown(value)}`;
  return `${words} (${place} must be ${wrong}${got})`;
}
