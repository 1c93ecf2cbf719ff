import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { shown } from '../wording/check-options.ts';

/** Numbers of the longest vector, as of an embedder. */
export const mostDimensions = 65_536;
/** Vectors whose length is 1 up to this stay as they are, to the last bit. */
const LENGTH_TOLERANCE = 1e-6;
/** As the API of OpenAI gives vectors when asked for `base64`: 32-bit floats, little-endian. */
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

export interface GivenVectorsOptions {
  /** The field that holds the vector. */
  readonly field: string;
  /** Numbers that a vector must have, and whose they are, as the end of a sentence. @default as many as the first one has */
  readonly expected?: { readonly dimensions: number; readonly by: string };
}

/**
 * Documents with the vector of a field beside them, and no longer in them. Of a document that was embedded elsewhere nothing is taken.
 *
 * @throws E_INPUT_FORMAT for a document without a vector, and for a vector that cannot be searched by: of another length than the others, not finite,
 * all zeros
 */
export async function* withGivenVectors(
  documents: AsyncIterable<ReadDocument>,
  { field, expected }: GivenVectorsOptions,
): AsyncGenerator<ReadDocument> {
  let most = expected;
  for await (const read of documents) {
    if (read.embedded !== undefined) {
      yield read;
      continue;
    }
    const { [field]: value, ...document } = read.document;
    const vector = vectorOf(value, `${read.where}: its vector in the field "${field}"`);
    most ??= { dimensions: vector.length, by: `that of ${read.where}` };
    if (vector.length !== most.dimensions)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        (say) =>
          `${read.where}: its vector in the field "${field}" has ${vector.length} numbers; ${most?.by} has ${most?.dimensions}. All vectors of an index are of one model: name the one that made them ${say.as('embedder')}.`,
      );
    yield { ...read, document, embedded: { passages: [{ vector }] } };
  }
}

/**
 * A vector of length 1 from what a document or a caller gives: numbers, or base64 of 32-bit floats. `what` begins the sentence of an error.
 *
 * @throws E_INPUT_FORMAT
 */
export function vectorOf(value: unknown, what: string): Float32Array {
  const wrong = (problem: string): FinetoothError => new FinetoothError('E_INPUT_FORMAT', `${what} ${problem}.`);
  if (value === undefined || value === null)
    throw wrong('is missing; every document needs one, a list of numbers or base64 of 32-bit floats');
  const numbers = typeof value === 'string' ? floatsOf(value) : value;
  if (numbers === undefined) throw wrong(`is the text ${shown(value)}, which is not base64 of 32-bit floats`);
  if (!Array.isArray(numbers) && !(numbers instanceof Float32Array)) throw wrong(`is ${shown(value)}; it must be a list of numbers`);
  if (numbers.length === 0) throw wrong('has no numbers');
  if (numbers.length > mostDimensions) throw wrong(`has ${numbers.length} numbers; at most ${mostDimensions} are taken`);
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const one: unknown = numbers[i];
    if (typeof one !== 'number' || !Number.isFinite(one)) throw wrong(wrongNumber(one, i + 1, numbers.length));
    largest = Math.max(largest, Math.abs(one));
  }
  if (largest === 0) throw wrong('holds nothing but zeros, which have no direction to compare');
  return unitOf(numbers as ArrayLike<number>, largest);
}

function wrongNumber(one: unknown, at: number, count: number): string {
  const what = one === null ? 'null or NaN' : typeof one === 'number' ? String(one) : shown(one);
  return `holds ${what} as number ${at} of ${count}; every number must be finite`;
}

function floatsOf(text: string): Float32Array | undefined {
  if (!base64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Divided by its length, unless that is 1. `largest`: the largest number of it, without its sign, by which no square is too large. */
function unitOf(numbers: ArrayLike<number>, largest: number): Float32Array {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += ((numbers[i] as number) / largest) ** 2;
  const scaled = Math.sqrt(sum);
  const isUnit = Math.abs(largest * scaled - 1) <= LENGTH_TOLERANCE;
  const unit = new Float32Array(numbers.length);
  for (let i = 0; i < unit.length; i++) unit[i] = isUnit ? (numbers[i] as number) : (numbers[i] as number) / largest / scaled;
  return unit;
}
