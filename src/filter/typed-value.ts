import type { FieldValue } from '../types.ts';
import type { FieldType } from './filter.ts';

const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?\s*$/i;

/** ISO 8601, as much of it as was written: year, month, day, minute, second, its parts, zone. */
const date = /^\s*(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?\s*$/i;

/**
 * A value as a field of this type compares it; what is not of the type, and every value of a field without one, stays as it is. Numbers and dates
 * in texts become numbers, a date its milliseconds since 1970 (UTC where it names no zone, a year or a month its first moment); a keyword is a
 * text, whatever it was written as.
 */
export function typedValue(value: FieldValue | undefined, type: FieldType | undefined): FieldValue | undefined {
  switch (type) {
    case 'number':
      return typeof value === 'string' && number.test(value) ? Number(value) : value;
    case 'date':
      return momentOf(value) ?? value;
    case 'boolean':
      return typeof value === 'string' && /^\s*(true|false)\s*$/i.test(value) ? value.trim().toLowerCase() === 'true' : value;
    case 'keyword':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    default:
      return value;
  }
}

function momentOf(value: FieldValue | undefined): number | undefined {
  // `released >= 2018` has a number for a year.
  const isYear = typeof value === 'number' && Number.isInteger(value) && value >= 1000 && value <= 9999;
  const match = isYear ? date.exec(String(value)) : typeof value === 'string' ? date.exec(value) : null;
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  // Date.UTC takes years below 100 for those of the last century.
  const start = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  start.setUTCFullYear(year, month - 1, day);
  const isReal = start.getUTCMonth() === month - 1 && start.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) return undefined;
  return start.getTime() + Number(`0.${match[7] ?? 0}`) * 1000 - zoneOf(match[8]);
}

/** Milliseconds that a zone is ahead of UTC. */
function zoneOf(zone = 'Z'): number {
  if (/z/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes) * 60_000;
}
