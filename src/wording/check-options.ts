import { FinetoothError } from '../errors.ts';
import { nearestName } from './nearest-name.ts';

/** Says in words what a value must be; undefined: it is that. */
export type ValueCheck = (value: unknown) => string | undefined;
/** A check for every option of a function. */
export type OptionChecks<Options> = { readonly [Name in keyof Required<Options>]: ValueCheck };

/** Whether a value is an object that is no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const share: ValueCheck = when('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1);
export const positive: ValueCheck = when('a number above 0', (value) => typeof value === 'number' && value > 0);
export const truth: ValueCheck = when('true or false', (value) => typeof value === 'boolean');
export const text: ValueCheck = when('a text', (value) => typeof value === 'string' && value !== '');
export const texts: ValueCheck = when(
  'a list of texts',
  (value) => Array.isArray(value) && Array.from(value).every((one) => typeof one === 'string' && one !== ''),
);
export const list: ValueCheck = when('a list', Array.isArray);
export const callback: ValueCheck = when('a function', (value) => typeof value === 'function');
export const signal: ValueCheck = when('the signal of an AbortController', (value) => value instanceof AbortSignal);
export const record: ValueCheck = when('an object', isRecord);

/** A value as an error names it, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return String(value);
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
  const words = check(value);
  if (words === undefined) return;
  throw new FinetoothError('E_USAGE', `${name} must be ${words}; got ${shown(value)}.${call === undefined ? '' : ` Call it as ${call}.`}`);
}

/**
 * Holds the options of a call against their table. One that is undefined is not given. `prefix` stands before the names of options that lie in another.
 *
 * @throws E_USAGE for an option that does not exist, with the nearest name, and for a value that is not what it must be
 */
export function checkOptions<Options extends object>(who: string, given: unknown, checks: OptionChecks<Options>, prefix = ''): void {
  if (given === undefined) return;
  checkValue(prefix === '' ? `the options of ${who}` : prefix.slice(0, -1), given, record);
  const table = checks as Readonly<Record<string, ValueCheck>>;
  const known = Object.keys(table);
  for (const [name, value] of Object.entries(given as object)) {
    if (!Object.hasOwn(table, name)) {
      const near = nearestName(name, known);
      throw new FinetoothError(
        'E_USAGE',
        `${who} has no option ${shown(prefix + name)}${near === undefined ? '' : `, did you mean "${prefix}${near}"`}; it has ${known.join(', ')}.`,
      );
    }
    if (value !== undefined) checkValue(`${prefix}${name}`, value, table[name] as ValueCheck);
  }
}
