import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asCrossEncoder } from '../src/model/catalog/kind.ts';
import { openCrossEncoder } from '../src/model/cross-encoder.ts';
import { resolveModel } from '../src/model/files.ts';
import { loadTokenizer } from '../src/model/tokenize/load-tokenizer.ts';

interface GoldenPair {
  readonly name: string;
  readonly query: string;
  readonly document: string;
}
interface GoldenModel {
  readonly window: number;
  readonly own_pairs: readonly GoldenPair[];
  readonly tokens: readonly {
    readonly ids: readonly number[];
    readonly types?: string;
    readonly whole: readonly number[];
    readonly kept: readonly number[];
  }[];
  readonly scores: readonly number[];
}

const folder = join(import.meta.dirname, 'tiny-models');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'cross_encoders.json'), 'utf8')) as {
  readonly pairs: readonly GoldenPair[];
  readonly models: Readonly<Record<string, GoldenModel>>;
};

/** Tiny random models of every architecture: what transformers gives for them (test/tiny-models/README.md). */
describe('cross-encoders of every architecture', () => {
  it('have a golden each', async () => {
    const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !entry.name.startsWith('__'));
    expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(golden.models).toSorted());
  });

  it.each(Object.entries(golden.models))('%s scores as transformers does, alone and beside others', async (name, model) => {
    const files = asCrossEncoder(await resolveModel(join(folder, name)));
    expect(files.entry.maxTokens).toBe(model.window);
    const encoder = openCrossEncoder({ ...files, entry: { ...files.entry, maxTokens: model.window } }, { threads: 1 });
    const pairs = [...golden.pairs, ...model.own_pairs];
    expect(pairs).toHaveLength(model.scores.length);
    const tokenizer = await loadTokenizer(files.tokenizerPath);
    const wrong: string[] = [];
    for (const [i, { query, document, name: pair }] of pairs.entries()) {
      const { scores, tokens } = await encoder.score(query, [document]);
      const wanted = model.tokens[i] as GoldenModel['tokens'][number];
      if (files.entry.scoring.form === 'classifier') {
        const { ids, types, truncated, queryTruncated } = tokenizer.encodePair(query, document, model.window);
        if (queryTruncated !== (wanted.whole[0] as number) - (wanted.kept[0] as number))
          wrong.push(`${pair}: ${queryTruncated} of the query`);
        if (truncated !== (wanted.whole[1] as number) - (wanted.kept[1] as number)) wrong.push(`${pair}: ${truncated} of the text`);
        if (JSON.stringify(ids) !== JSON.stringify(wanted.ids)) wrong.push(`${pair}: tokens ${ids.join(' ')} for ${wanted.ids.join(' ')}`);
        if (wanted.types !== undefined && types?.join('') !== wanted.types)
          wrong.push(`${pair}: types ${types?.join('')} for ${wanted.types}`);
      } else if (tokens[0] !== wanted.ids.length) wrong.push(`${pair}: ${tokens[0]} tokens for ${wanted.ids.length}`);
      if (Math.abs((scores[0] as number) - (model.scores[i] as number)) > 1e-4)
        wrong.push(`${pair}: score ${scores[0]} for ${model.scores[i]}`);
    }
    expect(wrong).toEqual([]);
    // The same, all documents of a query in one call: neighbours of other lengths change nothing.
    const query = pairs[0]?.query as string;
    const documents = pairs.map(({ document }) => document);
    const together = await encoder.score(query, documents);
    for (const [i, document] of documents.entries()) {
      const alone = await encoder.score(query, [document]);
      expect(Math.abs((alone.scores[0] as number) - (together.scores[i] as number))).toBeLessThan(1e-4);
      expect(alone.truncated[0]).toBe(together.truncated[i]);
    }
    await encoder.close();
  });
});

describe('the bundled cross-encoder', () => {
  interface RealPair {
    readonly query: string;
    readonly document: string;
    readonly score: number;
    readonly int8_score: number;
    readonly ids: readonly number[];
    readonly types: string;
    readonly whole: readonly number[];
    readonly kept: readonly number[];
  }
  const real = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'ms-marco-minilm-l-12-v2.json'), 'utf8')) as {
    readonly weights_sha256: string;
    readonly window: number;
    readonly pairs: readonly RealPair[];
  };

  it('reads pairs as transformers does and scores near the full-precision weights', async () => {
    const files = asCrossEncoder(await resolveModel('ms-marco-minilm-l-12-v2'));
    expect(files.sha256).toBe(real.weights_sha256);
    const encoder = openCrossEncoder(files, { threads: 2 });
    const tokenizer = await loadTokenizer(files.tokenizerPath);
    let difference = 0;
    for (const { query, document, score, int8_score, ids, types, whole, kept } of real.pairs) {
      const encoded = tokenizer.encodePair(query, document, real.window);
      expect(encoded.ids).toEqual(ids);
      expect(encoded.types?.join('')).toBe(types);
      const given = await encoder.score(query, [document]);
      expect(given.truncated[0]).toBe((whole[1] as number) - (kept[1] as number));
      expect(given.queryTruncated[0]).toBe((whole[0] as number) - (kept[0] as number));
      // The same file through another build of the runtime, whose sums may differ in the last place and so by a step of 8 bits.
      expect(Math.abs((given.scores[0] as number) - int8_score)).toBeLessThan(0.35);
      difference += Math.abs((given.scores[0] as number) - score) / real.pairs.length;
    }
    expect(difference).toBeLessThan(0.25);
    await encoder.close();
  });
});
