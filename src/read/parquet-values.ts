import { FinetoothError } from '../errors.ts';
import type { FieldValue } from '../types.ts';
import { parseJson } from './record.ts';

/** An ISO time with as many digits of the second as it needs: 3, 6 or 9. */
const isoOfNanoseconds = (nanoseconds: bigint): string => {
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const iso = new Date(Number((nanoseconds - rest) / 1_000_000n)).toISOString();
  if (rest === 0n) return iso;
  const digits = String(rest).padStart(6, '0').replace(/000$/, '');
  return iso.replace('Z', `${digits}Z`);
};

/** Strictly UTF-8, and no digit of a time lost: hyparquet's own parsers replace wrong bytes and cut times to milliseconds. */
export const parsersOf = (name: string) => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return {
    timestampFromMilliseconds: (milliseconds: bigint) => isoOfNanoseconds(BigInt(milliseconds) * 1_000_000n),
    timestampFromMicroseconds: (microseconds: bigint) => isoOfNanoseconds(BigInt(microseconds) * 1000n),
    timestampFromNanoseconds: isoOfNanoseconds,
    dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
    stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
    jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && parseJson(decoder.decode(bytes), `${name}: a JSON cell`),
  };
};

/**
 * A cell as JSON can hold it. Integers beyond ±(2^53 − 1) become strings of their digits, times ISO strings, bytes base64,
 * missing values and NaN (so pandas writes a missing number) null; ±Infinity is E_INPUT_FORMAT.
 */
export const fieldValueOf = (cell: unknown, where: string): FieldValue => {
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
};
