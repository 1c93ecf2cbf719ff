import type { TokenForm } from '../types.ts';

/**
 * Numbers of a token vector of length 1 spread around 1/√size. Steps are evenly spaced up to this many times that, further ones are cut to
 * it: of bge-small-en-v1.5's tokens the furthest is at 6.7.
 */
const REACH = { 8: 7, 4: 3, 1: 1 } as const;
/** The largest step on either side of 0. */
const STEPS = { 8: 127, 4: 7, 1: 1 } as const;

const signs = new BigInt64Array(tableOf(8, (byte, at) => ((byte >> at) & 1 ? 1 : -1)).buffer);
const nibbles = new Int16Array(tableOf(2, (byte, at) => (((byte >> (4 * at)) & 15) << 28) >> 28).buffer);

/** Bytes of one packed token. */
export const bytesPerToken = ({ size, bits }: TokenForm): number => (size * bits) / 8;

/** What one step is worth: a packed number times this is about the number that it was made from. */
export const stepOf = ({ size, bits }: TokenForm): number => REACH[bits] / Math.sqrt(size) / STEPS[bits];

/** Packs `count` token vectors of length 1, one after another: `count × bytesPerToken` bytes. */
export function packTokens(rows: Float32Array, count: number, form: TokenForm): Uint8Array {
  const { size, bits } = form;
  const step = stepOf(form);
  const most = STEPS[bits];
  const packed = new Uint8Array(count * bytesPerToken(form));
  const stepped = (at: number): number => Math.max(-most, Math.min(most, Math.round((rows[at] as number) / step)));
  if (bits === 8) for (let i = 0; i < count * size; i++) packed[i] = stepped(i);
  else if (bits === 4) for (let i = 0; i < packed.length; i++) packed[i] = (stepped(2 * i) & 15) | ((stepped(2 * i + 1) & 15) << 4);
  else {
    for (let i = 0; i < count * size; i++) {
      if ((rows[i] as number) > 0) packed[i >> 3] = (packed[i >> 3] as number) | (1 << (i & 7));
    }
  }
  return packed;
}

/** Writes the steps of packed tokens to `target`, `size` a token. `target` begins at a multiple of 8 bytes. */
export function unpackTokens(packed: Uint8Array, { bits }: TokenForm, target: Int8Array): void {
  if (bits === 8) {
    target.set(packed);
    return;
  }
  if (bits === 4) {
    const pairs = new Int16Array(target.buffer, target.byteOffset, packed.length);
    for (let i = 0; i < packed.length; i++) pairs[i] = nibbles[packed[i] as number] as number;
    return;
  }
  const eights = new BigInt64Array(target.buffer, target.byteOffset, packed.length);
  for (let i = 0; i < packed.length; i++) eights[i] = signs[packed[i] as number] as bigint;
}

/** For each byte the numbers that it holds. */
function tableOf(each: number, numberIn: (byte: number, at: number) => number): Int8Array {
  const table = new Int8Array(256 * each);
  for (let byte = 0; byte < 256; byte++) for (let at = 0; at < each; at++) table[byte * each + at] = numberIn(byte, at);
  return table;
}
