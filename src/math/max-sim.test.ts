import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assembled } from '../../scripts/max-sim.ts';
import { createMaxSim } from './max-sim.ts';
import { packTokens, stepOf, unpackTokens } from './packed-tokens.ts';
import { randomFrom } from './random.ts';
import { dot } from './vectors.ts';

const unitRows = (random: () => number, count: number, size: number): Float32Array => {
  const rows = Float32Array.from({ length: count * size }, () => random() + random() + random() - 1.5);
  for (let row = 0; row < count; row++) {
    const length = Math.hypot(...rows.subarray(row * size, (row + 1) * size));
    for (let i = row * size; i < (row + 1) * size; i++) rows[i] = (rows[i] as number) / length;
  }
  return rows;
};

/**
 * Mean over the query's token vectors of the best dot product with any token vector of the document
 * (MaxSim of ColBERT, https://arxiv.org/abs/2004.12832, as a mean so that long queries do not score higher).
 * [-1, 1] for rows of length 1; 0 when either side has no tokens.
 */
const meanMaxSim = (
  query: { readonly rows: Float32Array; readonly from: number; readonly to: number },
  document: { readonly rows: Float32Array; readonly from: number; readonly to: number },
  size: number,
): number => {
  if (query.to <= query.from || document.to <= document.from) return 0;
  let sum = 0;
  for (let q = query.from; q < query.to; q++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let d = document.from; d < document.to; d++) {
      const similarity = dot(query.rows, q * size, document.rows, d * size, size);
      if (similarity > best) best = similarity;
    }
    sum += best;
  }
  return sum / (query.to - query.from);
};

describe('the kernel', () => {
  it('is what its source says', async () => {
    expect(await readFile(join(import.meta.dirname, 'max-sim-module.ts'), 'utf8')).toBe(await assembled());
  });

  it.each([
    [8, 0.0005],
    [4, 0.02],
    [1, 0.06],
  ] as const)('gives what plain loops give, with tokens of %i bits within %d', (bits, tolerance) => {
    const words = randomFrom(7);
    const random = (): number => words.word() / 2 ** 32;
    for (const size of [16, 64, 384]) {
      const kernel = createMaxSim(size);
      for (const [queryTokens, documentTokens] of [
        [1, 1],
        [3, 7],
        [4, 1],
        [9, 300],
      ] as const) {
        const query = unitRows(random, queryTokens, size);
        const document = unitRows(random, documentTokens, size);
        const form = { size, bits, pool: 1 };
        const packed = packTokens(document, documentTokens, form);
        const kept = new Int8Array(documentTokens * size);
        unpackTokens(packed, form, kept);
        const rows = Float32Array.from(kept, (step) => step * stepOf(form));
        const naive = meanMaxSim({ rows: query, from: 0, to: queryTokens }, { rows, from: 0, to: documentTokens }, size);
        kernel.setQuery(query, queryTokens);
        const score = kernel.score(documentTokens, (target) => unpackTokens(packed, form, target), stepOf(form));
        // The query alone is rounded, to 12 bits.
        expect(Math.abs(score - naive)).toBeLessThan(0.0005);
        const exact = meanMaxSim({ rows: query, from: 0, to: queryTokens }, { rows: document, from: 0, to: documentTokens }, size);
        if (size === 384) expect(Math.abs(score - exact)).toBeLessThan(tolerance + (bits === 8 ? 0.001 : 0.05));
      }
    }
  });

  it('gives 0 where a side has no tokens, and forgets the query before', () => {
    const kernel = createMaxSim(16);
    const row = new Float32Array(16).fill(0.25);
    const write = (target: Int8Array): void => void target.fill(1);
    expect(kernel.score(1, write, 1)).toBe(0);
    kernel.setQuery(row, 1);
    expect(kernel.score(0, write, 1)).toBe(0);
    expect(kernel.score(1, write, 1)).toBeCloseTo(4, 2);
    kernel.setQuery(row, 0);
    expect(kernel.score(1, write, 1)).toBe(0);
  });

  it('takes a document of any length', () => {
    const kernel = createMaxSim(64);
    kernel.setQuery(
      unitRows(() => randomFrom(1).word() / 2 ** 32, 5, 64),
      5,
    );
    expect(kernel.score(20_000, (target) => void target.fill(3), 0.01)).toBeGreaterThan(-1);
  });
});
