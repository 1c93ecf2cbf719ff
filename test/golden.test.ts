import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { FinetoothError } from '../src/index.ts';
import { loadTokenizer } from '../src/model/tokenize/load-tokenizer.ts';
import { lateInteraction } from '../src/rerankers.ts';
import { cosines, expectCosines, expectReferenceVectors, golden, nameOf, texts } from './golden-vectors.ts';

describe('vectors equal those of sentence-transformers', () => {
  it('the bundled int8 model against its fp32 original, on any kind of processor', async () => {
    const encoder = await openModel();
    try {
      expectCosines(await cosines(encoder, 'bge-small-en-v1.5'));
    } finally {
      await encoder.close();
    }
  });

  it('on every processor that was measured, within the same tolerances', () => {
    const { rows } = JSON.parse(readFileSync(join(import.meta.dirname, '../results/fits/processors.json'), 'utf8')) as {
      readonly rows: readonly { readonly kernels: string; readonly cosines: readonly number[] }[];
    };
    expect(rows.map(({ kernels }) => kernels)).toEqual(expect.arrayContaining(['AVX2', 'AVX-512 VNNI', 'Arm dot product', 'WebAssembly']));
    for (const row of rows) expectCosines(row.cosines);
  });

  it.for(['all-MiniLM-L6-v2', 'gte-small'])('%s, fp32, where it is in the cache (fetched in test:long)', async (name, context) => {
    const encoder = await openModel(`${name}-fp32`, { offline: true }).catch((error: unknown) => {
      if (error instanceof FinetoothError && error.code === 'E_MODEL_MISSING')
        return context.skip(`run "finetooth models pull ${name}-fp32" first`);
      throw error;
    });
    try {
      await expectReferenceVectors(encoder, name);
    } finally {
      await encoder.close();
    }
  });
});

describe('tokens equal those of the tokenizers library', () => {
  it('for every text: ids, and how many there are in all', async () => {
    const tokenizer = await loadTokenizer(join(import.meta.dirname, '..', 'models', 'bge-small-en-v1.5', 'tokenizer.json'));
    const { ids, counts } = golden<{ ids: readonly (readonly number[])[]; counts: readonly number[] }>('token_ids.json');
    texts.forEach((text, i) => {
      const { ids: got, truncated } = tokenizer.encode(text, 512);
      expect(got.length + truncated, nameOf(i)).toBe(counts[i]);
      expect(got.slice(0, -1), nameOf(i)).toEqual(ids[i]?.slice(0, got.length - 1));
      expect(got.at(-1)).toBe(102);
    });
  });
});

describe('late interaction equals the reference formula', () => {
  it('with the same int8 file within rounding, with fp32 weights within what int8 costs', async () => {
    const { queries, passages, ...reference } = golden<
      Record<'cos' | 'maxsim' | 'cos_int8' | 'maxsim_int8', readonly (readonly number[])[]> &
        Record<'queries' | 'passages', readonly string[]>
    >('late_interaction.json');
    const reranker = lateInteraction(await openModel());
    try {
      for (const [q, query] of queries.entries()) {
        const { scores } = await reranker.score(
          query,
          passages.map((text) => ({ text })),
        );
        scores.forEach((score, p) => {
          const mean = (cosine: 'cos' | 'cos_int8', maxSim: 'maxsim' | 'maxsim_int8') =>
            ((reference[cosine][q]?.[p] as number) + (reference[maxSim][q]?.[p] as number)) / 2;
          expect(Math.abs(score - mean('cos_int8', 'maxsim_int8')), `${query} × ${p}`).toBeLessThan(0.003);
          expect(Math.abs(score - mean('cos', 'maxsim')), `${query} × ${p}`).toBeLessThan(0.03);
        });
        const alone = await reranker.score(query, [{ text: passages[2] as string }]);
        expect(alone.scores[0]).toBe(scores[2]);
      }
    } finally {
      await reranker.close?.();
    }
  });
});
