import type { TokenForm, TokenVectors } from '../types.ts';
import { packTokens, stepOf, unpackTokens } from './packed-tokens.ts';

/** A title's own vector is kept as a token of 8 bits is: its cosine is off by .001 at most, and it takes a quarter of the bytes. */
const vectorForm = ({ size }: TokenForm): TokenForm => ({ size, bits: 8, pool: 1 });

/**
 * The form of a title's token vectors in an index of this form: as many bits, and every token, since a mean of two or three is no word of a name any
 * more (films: pooled, "Batman & Robin" loses .025 of .602 to a query about bats, and by 4 bits nothing).
 */
export const titleForm = (form: TokenForm): TokenForm => ({ ...form, pool: 1 });

/** A title as an index keeps it: its own vector [size], length 1, 8 bits a number, and behind it its token vectors in `titleForm`. */
export function packTitle(vector: Float32Array, tokens: Uint8Array, form: TokenForm): Uint8Array {
  const packed = new Uint8Array(form.size + tokens.length);
  packed.set(packTokens(vector, 1, vectorForm(form)));
  packed.set(tokens, form.size);
  return packed;
}

/** What late interaction compares of a title that an index keeps in this form. */
export function unpackTitle(packed: Uint8Array, form: TokenForm): TokenVectors {
  const steps = new Int8Array(form.size);
  unpackTokens(packed.subarray(0, form.size), vectorForm(form), steps);
  const step = stepOf(vectorForm(form));
  const vector = Float32Array.from(steps, (value) => value * step);
  const length = Math.hypot(...vector);
  return { form: titleForm(form), data: packed.subarray(form.size), vector: vector.map((value) => value / length) };
}

/** The same title with token vectors in another form. */
export function repackTitle(packed: Uint8Array, { size }: TokenForm, repack: (tokens: Uint8Array) => Uint8Array): Uint8Array {
  const tokens = repack(packed.subarray(size));
  const again = new Uint8Array(size + tokens.length);
  again.set(packed.subarray(0, size));
  again.set(tokens, size);
  return again;
}
