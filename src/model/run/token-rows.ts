import { packTokens } from '../../math/packed-tokens.ts';
import { poolTokens } from '../../math/pool-tokens.ts';
import type { TokenForm } from '../../types.ts';

/** Writes `source[from, from + size)` divided by its L2 length, which is returned; a vector of zeros stays zeros. */
export function writeUnit(target: Float32Array, at: number, source: Float32Array, from: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (source[from + i] as number) ** 2;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < size; i++) target[at + i] = (source[from + i] as number) * scale;
  return Math.sqrt(sum);
}

/** Token vectors of several texts one after another, as they are and packed, and where each text's begin. */
export function gatherTokens(rows: readonly Float32Array[], packs: readonly Uint8Array[], size: number) {
  const [tokenVectors, tokenOffsets] = concatenated(rows, new Float32Array(lengthOf(rows)), size);
  const [packed, packedOffsets] = concatenated(packs, new Uint8Array(lengthOf(packs)), 1);
  return { tokenVectors, tokenOffsets, packed, packedOffsets };
}

/** A document's token vectors as an index keeps them. */
export function packDocument(rows: Float32Array, count: number, form: TokenForm): Uint8Array {
  const pooled = poolTokens(rows, count, form.size, form.pool);
  return packTokens(pooled.rows, pooled.count, form);
}

/** Arrays one after another, and where each begins. */
function concatenated<T extends Float32Array | Uint8Array>(parts: readonly T[], whole: T, unit: number): readonly [T, Uint32Array] {
  const offsets = new Uint32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) {
    whole.set(part, (offsets[i] as number) * unit);
    offsets[i + 1] = (offsets[i] as number) + part.length / unit;
  }
  return [whole, offsets];
}

const lengthOf = (parts: readonly { readonly length: number }[]): number => parts.reduce((sum, { length }) => sum + length, 0);
