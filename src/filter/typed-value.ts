import type { FieldValue } from '../types.ts';
import type { FieldType } from './filter.ts';

/** A date as much of it as was written: from its first moment, in milliseconds since 1970, UTC, to before `end`; a time is one moment. */
export interface Span {
  readonly start: number;
  /** Only of a year, a month and a day. */
  readonly end?: number;
}

const number = /^[+-]?(?=\.?\d)(\d*)(\.\d*)?(e[+-]?\d{1,3})?$/i;

/** ISO 8601, as much of it as was written: year, month, day, minute, second, its parts, zone. */
const date = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?$/i;

/**
 * A value as a field of this type compares it, of a list each item; what cannot be read as the type, and every value of a field without one, stays as
 * it is. Numbers and dates in texts become numbers, a date its milliseconds since 1970; a keyword is a text, whatever it was written as. A blank text
 * is no value, but for a keyword. A number of more digits than JavaScript's numbers have stays a text: it would be equal to others.
 */
export function typedValue(value: FieldValue | undefined, type: FieldType | undefined): FieldValue | undefined {
  if (type === undefined || value === undefined || value === null) return value;
  return Array.isArray(value) ? value.map((item: FieldValue) => typedItem(item, type)) : typedItem(value, type);
}

/** What a date in a filter stands for; undefined where it is none. A number is a year, from 1000 to 9999, or milliseconds since 1970. */
export function spanOf(value: FieldValue | undefined): Span | undefined {
  if (typeof value === 'number' && !isYear(value)) return { start: value };
  const match = isYear(value) || typeof value === 'string' ? date.exec(String(value).trim()) : null;
  if (match === null) return undefined;
  const [year = 0, month, day, hour, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const start = momentOf(year, month ?? 1, day ?? 1);
  const isReal = new Date(start).getUTCMonth() + 1 === (month ?? 1) && (hour ?? 0) < 24 && minute < 60 && second < 60;
  if (!isReal) return undefined;
  if (hour === undefined) {
    const end = month === undefined ? momentOf(year + 1, 1, 1) : day === undefined ? momentOf(year, month + 1, 1) : start + DAY;
    return { start, end };
  }
  return { start: start + (hour * 60 + minute) * 60_000 + second * 1000 + Number(`0.${match[7] ?? 0}`) * 1000 - zoneOf(match[8]) };
}

/** The text that a value was written as, which is no list; of a keyword every number and truth value is one. */
export function textIn(value: FieldValue | undefined, type: FieldType | undefined): string | undefined {
  const typed = typedValue(value, type);
  const text = type === 'keyword' ? typed : value;
  return typeof text === 'string' && typed !== null ? text : undefined;
}

/** Whether a value, which is no list, is of the type once it is read as one. */
export function isOfType(typed: FieldValue | undefined, type: FieldType): typed is number | string | boolean {
  if (type === 'keyword') return typeof typed === 'string';
  return type === 'boolean' ? typeof typed === 'boolean' : Number.isFinite(typed);
}

const DAY = 86_400_000;

const isYear = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1000 && value <= 9999;

function typedItem(value: FieldValue, type: FieldType): FieldValue {
  if (type === 'keyword') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (type === 'date') return isBlank(value) ? null : (spanOf(value)?.start ?? value);
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return null;
  if (type === 'number') return numberIn(text) ?? value;
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : value;
}

const isBlank = (value: FieldValue): boolean => typeof value === 'string' && value.trim() === '';

function numberIn(text: string): number | undefined {
  const match = number.exec(text);
  if (match === null) return undefined;
  const value = Number(text);
  const [, whole = '', rest, exponent] = match;
  if (text.length <= DIGITS || exponent !== undefined) return Number.isFinite(value) ? value : undefined;
  if (rest === undefined) return Number.isSafeInteger(value) ? value : undefined;
  // The shortest text of a number may have 17 digits: 0.30000000000000004.
  const places = rest.length - 1;
  const digits = `${whole.replace(/^0+/, '') || '0'}${places === 0 ? '' : rest}`;
  return places <= 100 && Math.abs(value).toFixed(places) === digits ? value : undefined;
}

/** As many digits any number keeps. */
const DIGITS = 15;

/** `Date.UTC` takes years below 100 for those of the last century. */
function momentOf(year: number, month: number, day: number): number {
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  return moment.getTime();
}

/** Milliseconds that a zone is ahead of UTC. */
function zoneOf(zone = 'Z'): number {
  if (/z/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes) * 60_000;
}
