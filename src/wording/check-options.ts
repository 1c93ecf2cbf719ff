import { FinetoothError, messageOf } from '../errors.ts';
import type { CallOptions } from '../types.ts';
import { nearestName } from './nearest-name.ts';

/** Says in words what a value must be; undefined: it is that. */
export type ValueCheck = (value: unknown) => string | undefined;
/** A check for every option of a function; of an option that is an object of options, a table for those. */
export type OptionChecks<Options> = { readonly [Name in keyof Required<Options>]: Wanted };
/** What an argument or an option must be: a check, or of options a check for each. */
export type Wanted = ValueCheck | { readonly [name: string]: Wanted };

/** Of an option without which a call is none. */
export const needed = (check: ValueCheck): ValueCheck => Object.assign((value: unknown) => check(value), { isNeeded: true });
const isNeeded = (wanted: Wanted): boolean => typeof wanted === 'function' && 'isNeeded' in wanted;

/** Whether a value is an object with fields or options: no list, map, set, array of numbers, date, pattern or promise, and none that cannot be read. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return !(Symbol.iterator in value || value instanceof Promise || value instanceof Date || value instanceof RegExp);
  } catch {
    return false;
  }
}

export const share: ValueCheck = when('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1);
export const positive: ValueCheck = when('a number above 0', (value) => typeof value === 'number' && value > 0);
export const truth: ValueCheck = when('true or false', (value) => typeof value === 'boolean');
export const text: ValueCheck = when('a text', (value) => typeof value === 'string' && value !== '');
/** What the system can be asked for: no file system takes a longer name, or a NUL in one. */
export const path: ValueCheck = when(
  'a path, without NUL, its names at most 255 characters long',
  (value) =>
    typeof value === 'string' && value !== '' && !value.includes('\0') && value.split(/[/\\]/).every(({ length }) => length <= 255),
);
export const texts: ValueCheck = when(
  'a list of texts',
  (value) => Array.isArray(value) && Array.from(value).every((one) => typeof one === 'string' && one !== ''),
);
export const list: ValueCheck = when('a list', (value) => Array.isArray(value) && value.length >= 0);
export const callback: ValueCheck = when('a function', (value) => typeof value === 'function');
export const signal: ValueCheck = when('the signal of an AbortController', (value) => value instanceof AbortSignal);
/** Of a call that takes nothing but a signal. */
export const callChecks: OptionChecks<CallOptions> = { signal };
export const record: ValueCheck = when('an object', isRecord);

/** A value as an error names it, whatever it is: nothing of the caller's runs but getters, and one that throws is no matter. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'object' && value !== null) return kindOf(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  // Of a large one the digits alone would take seconds.
  if (typeof value === 'bigint') return -LARGE < value && value < LARGE ? `${value}n` : 'a large bigint';
  return String(value);
}

const LARGE = 10n ** 30n;

function kindOf(value: object): string {
  try {
    if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
    if (value instanceof Promise) return 'a promise, which is to be awaited first';
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
    return kind === 'Object' ? 'an object' : `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind.slice(0, 60)}`;
  } catch {
    return 'an object that cannot be read';
  }
}

export function when(words: string, fits: (value: unknown) => boolean): ValueCheck {
  return (value) => (fits(value) ? undefined : words);
}

export const whole = (least: number, most: number): ValueCheck =>
  when(
    `a whole number from ${least} to ${most}`,
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  );

export const oneOf = (names: readonly unknown[]): ValueCheck => when(`one of ${names.join(', ')}`, (value) => names.includes(value));
/** `value` fits one of several checks. */
export const either = (words: string, ...checks: readonly ValueCheck[]): ValueCheck =>
  when(words, (value) => checks.some((check) => check(value) === undefined));
/** An object with these functions and texts, as a part that was passed in has. */
export const part = (words: string, functions: readonly string[], names: readonly string[] = []): ValueCheck =>
  when(
    words,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      functions.every((name) => typeof (value as Record<string, unknown>)[name] === 'function') &&
      names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string'),
  );

/** Throws E_USAGE for a value that is not what it must be; `call` shows how it is done. */
export function checkValue(name: string, value: unknown, check: ValueCheck, call?: string): void {
  const words = readOf(name, () => check(value), call);
  if (words === undefined) return;
  // Where a part is wrong, the words say what that is.
  const got = words.endsWith(')') && words.includes('; got ') ? '' : `; got ${shown(value)}`;
  throw new FinetoothError('E_USAGE', `${name} must be ${words}${got}.${calledAs(call)}`);
}

const passedOn: ValueCheck = () => undefined;

/** Options of other calls of a part: whoever wraps one hands on what he was given, so they are taken where they mean nothing, and not listed. */
export const passedOptions: Readonly<Record<string, ValueCheck>> = Object.fromEntries(
  ['deadlineMs', 'effort', 'instruction', 'exact', 'onScores', 'spread', 'tokens', 'prompt', 'onProgress'].map((option) => [
    option,
    passedOn,
  ]),
);

/**
 * Holds the options of a call against their table. One that is undefined is not given. `prefix` stands before the names of options that lie in another.
 *
 * @throws E_USAGE for an option that does not exist, with the nearest name, and for a value that is not what it must be
 */
export function checkOptions<Options extends object>(
  who: string,
  given: unknown,
  checks: OptionChecks<Options>,
  prefix = '',
  call?: string,
): void {
  const table = checks as Readonly<Record<string, Wanted>>;
  const known = Object.keys(table).filter((option) => table[option] !== passedOn);
  const missing = known.filter((option) => isNeeded(table[option] as Wanted));
  if (given === undefined && missing.length === 0) return;
  const name = prefix === '' ? `the options of ${who}` : prefix.slice(0, -1);
  if (given !== undefined) checkValue(name, given, record);
  for (const [option, value] of readOf(name, () => Object.entries(given ?? {}))) {
    if (value !== undefined && missing.includes(option)) missing.splice(missing.indexOf(option), 1);
    if (!Object.hasOwn(table, option)) {
      const near = nearestName(option, known);
      throw new FinetoothError(
        'E_USAGE',
        `${who} has no option ${shown(prefix + option)}${near === undefined ? '' : `, did you mean "${prefix}${near}"`}; it has ${known.join(', ')}.`,
      );
    }
    const wanted = table[option] as Wanted;
    if (value === undefined) continue;
    if (typeof wanted === 'function') checkValue(`${prefix}${option}`, value, wanted);
    else checkOptions<object>(who, value, wanted, `${prefix}${option}.`);
  }
  const [first] = missing;
  if (first !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      `${prefix}${first} must be ${(table[first] as ValueCheck)(undefined)}; got undefined. ${who} needs ${missing.map((option) => prefix + option).join(' and ')}.${calledAs(call)}`,
    );
}

/**
 * Holds the arguments of a public function against what they must be, in its first line: `checkArguments('holm([0.01, 0.04])', { ps: [ps, numbers] })`.
 * `call` is an example of a right one, and begins with the name of the function. Options are held against their table.
 *
 * @throws E_USAGE that says function, argument, what was got, what is wanted, and the call
 */
export function checkArguments(call: string, given: Readonly<Record<string, readonly [value: unknown, wanted: Wanted]>>): void {
  const who = call.slice(0, call.indexOf('('));
  for (const [name, [value, wanted]] of Object.entries(given))
    if (typeof wanted === 'function') checkValue(`the ${name} of ${who}`, value, wanted, call);
    else checkOptions<object>(who, value, wanted, '', call);
}

/**
 * Does what reads a value of the caller's, entry by entry where no one looked at them before: what cannot be read there is of a form that is not taken.
 *
 * @throws E_USAGE
 */
export function readOf<Value>(name: string, read: () => Value, call?: string): Value {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FinetoothError) throw cause;
    throw new FinetoothError('E_USAGE', `${name} cannot be read: ${messageOf(cause)}.${calledAs(call)}`, { cause });
  }
}

const calledAs = (call: string | undefined): string => (call === undefined ? '' : ` Call it as ${call}.`);
