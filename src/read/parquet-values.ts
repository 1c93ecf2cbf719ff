import type { SchemaElement } from 'hyparquet';
import { FinetoothError } from '../errors.ts';
import type { FieldValue } from '../types.ts';
import { parseJson } from './record.ts';

const bytes: readonly unknown[] = ['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'];

const integers: readonly unknown[] = ['INT32', 'INT64'];

const DAY = 86_400_000_000_000n;

/** Strictly UTF-8, and no digit of a time lost: hyparquet's own parsers replace wrong bytes and cut times to milliseconds. */
export function parsersOf(name: string) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return {
    timestampFromMilliseconds: (milliseconds: bigint) => isoOfNanoseconds(BigInt(milliseconds) * 1_000_000n),
    timestampFromMicroseconds: (microseconds: bigint) => isoOfNanoseconds(BigInt(microseconds) * 1000n),
    timestampFromNanoseconds: isoOfNanoseconds,
    dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
    stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
    jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && parseJson(decoder.decode(bytes), `${name}: a JSON cell`),
  };
}

/**
 * A cell as JSON can hold it. Integers beyond ±(2^53 − 1) become strings of their digits, times ISO strings, bytes base64,
 * missing values and NaN (so pandas writes a missing number) null; ±Infinity is E_INPUT_FORMAT.
 */
export function fieldValueOf(cell: unknown, where: string): FieldValue {
  if (cell === undefined || cell === null) return null;
  if (typeof cell === 'string' || typeof cell === 'boolean') return cell;
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (typeof cell === 'number') {
    if (Number.isNaN(cell)) return null;
    if (Number.isFinite(cell)) return cell;
    throw new FinetoothError('E_INPUT_FORMAT', `${where} holds ${cell}, which JSON cannot. Write null or a finite number.`);
  }
  if (cell instanceof Date) return cell.toISOString();
  if (cell instanceof Uint8Array) return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('base64');
  if (ArrayBuffer.isView(cell)) return Array.from(cell as Float64Array, (item) => fieldValueOf(item, where));
  if (Array.isArray(cell)) return cell.map((item: unknown) => fieldValueOf(item, where));
  return Object.fromEntries(Object.entries(cell).map(([field, inner]) => [field, fieldValueOf(inner, where)]));
}

/**
 * How cells of a column are read whose type is hidden from hyparquet: of decimals it would lose digits, times of day it leaves
 * as numbers, and intervals as bytes.
 * undefined for all others. A column that is repeated has many of them.
 */
export function hiddenTypeOf(column: SchemaElement): ((cell: unknown) => FieldValue) | undefined {
  const { type, converted_type, logical_type } = column;
  const given = (read: (cell: never) => FieldValue) => (cell: unknown) =>
    cell === undefined || cell === null ? null : read(cell as never);
  if (logical_type?.type === 'DECIMAL' || converted_type === 'DECIMAL') {
    const scale = column.scale ?? (logical_type?.type === 'DECIMAL' ? logical_type.scale : 0);
    if (![...integers, ...bytes].includes(type) || !(scale >= 0 && scale <= 100)) return undefined;
    return given((cell: Uint8Array | number | bigint) => decimalOf(cell, scale));
  }
  if (converted_type === 'INTERVAL' && type === 'FIXED_LEN_BYTE_ARRAY' && column.type_length === 12)
    return given((cell: Uint8Array) => intervalOf(cell));
  const unit = logical_type?.type === 'TIME' ? logical_type.unit : { TIME_MILLIS: 'MILLIS', TIME_MICROS: 'MICROS' }[String(converted_type)];
  if (unit === undefined || !integers.includes(type)) return undefined;
  const nanoseconds = unit === 'MILLIS' ? 1_000_000n : unit === 'MICROS' ? 1000n : 1n;
  return given((cell: number | bigint) => timeOf(cell, nanoseconds));
}

/** A count of units, of so many nanoseconds, as a duration of ISO 8601, which may be negative (ISO 8601-2): `PT90.5S`. */
export function durationOf(cell: unknown, unit: bigint): FieldValue {
  if (typeof cell !== 'bigint') return null;
  const nanoseconds = (cell < 0n ? -cell : cell) * unit;
  const rest = String(nanoseconds % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${cell < 0n ? '-' : ''}PT${nanoseconds / 1_000_000_000n}${rest === '' ? '' : `.${rest}`}S`;
}

/** An ISO time with as many digits of the second as it needs: 3, 6 or 9. */
function isoOfNanoseconds(nanoseconds: bigint): string {
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const iso = new Date(Number((nanoseconds - rest) / 1_000_000n)).toISOString();
  if (rest === 0n) return iso;
  const digits = String(rest).padStart(6, '0').replace(/000$/, '');
  return iso.replace('Z', `${digits}Z`);
}

/** A decimal as a number where the number has all of its digits, otherwise as their text. */
function decimalOf(cell: Uint8Array | number | bigint, scale: number): number | string {
  const whole = unscaled(cell);
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  const text = `${whole < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
  return Number(text).toFixed(scale) === text || whole === 0n ? Number(text) : text;
}

/** A time of day, ISO 8601, with as many digits of the second as it needs. */
function timeOf(cell: number | bigint, unit: bigint): FieldValue {
  const nanoseconds = BigInt(cell) * unit;
  if (nanoseconds < 0n || nanoseconds >= DAY) return fieldValueOf(cell, '');
  return isoOfNanoseconds(nanoseconds)
    .slice(11, -1)
    .replace(/\.000$/, '');
}

/** An interval as a duration of ISO 8601: months, days and milliseconds, each an integer of 4 bytes, the lowest first. */
function intervalOf({ buffer, byteOffset }: Uint8Array): string {
  const [months, days, milliseconds] = [0, 4, 8].map((at) => new DataView(buffer, byteOffset).getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  const date = `${months === 0 ? '' : `${months}M`}${days === 0 ? '' : `${days}D`}`;
  const time = milliseconds === 0 && date !== '' ? '' : `T${milliseconds / 1000}S`;
  return `P${date}${time}`;
}

/** The integer that a decimal is without its point: bytes are big-endian, two's complement. */
function unscaled(cell: Uint8Array | number | bigint): bigint {
  if (!(cell instanceof Uint8Array)) return BigInt(cell);
  let value = 0n;
  for (const byte of cell) value = value * 256n + BigInt(byte);
  return cell.length > 0 && (cell[0] as number) >= 128 ? value - 2n ** BigInt(cell.length * 8) : value;
}
