import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { type CreateOptions, openIndex, search } from '../src/index.ts';
import type { BiEncoder } from '../src/model/bi-encoder.ts';
import { lateInteraction } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';
import { workFolder } from './finetooth.ts';

type Rows = readonly (readonly number[])[];
interface Way {
  readonly config: Readonly<Record<string, unknown>>;
  readonly scores: Rows;
  readonly query: readonly Rows[];
  readonly document: readonly Rows[];
  readonly lengths: readonly number[];
}

const tiny = join(import.meta.dirname, 'tiny-embedders');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'late_models.json'), 'utf8')) as {
  readonly queries: readonly string[];
  readonly documents: readonly string[];
  readonly ways: Readonly<Record<string, Way>>;
};
const library = 'config_sentence_transformers.json';

/** A copy of a tiny model with other settings. */
const modelWith = (settings: object, name = 'colbert'): string => {
  const folder = join(workFolder(), 'model');
  cpSync(join(tiny, name), folder, { recursive: true });
  const path = join(folder, library);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...settings }));
  return folder;
};
const using = async <T>(folder: string, work: (model: BiEncoder) => Promise<T>): Promise<T> => {
  const model = await openModel(folder, { threads: 1 });
  try {
    return await work(model);
  } finally {
    await model.close();
  }
};
const tokensOf = async (model: BiEncoder, text: string, prefix: 'query' | 'document'): Promise<Rows> => {
  const { tokenVectors } = await model.encode([text], { prefix, tokens: 'rows' });
  return Array.from({ length: tokenVectors.length / 16 }, (_, i) => [...tokenVectors.subarray(i * 16, (i + 1) * 16)]);
};
const furthest = (a: Rows, b: Rows): number => {
  expect(a.length).toBe(b.length);
  return Math.max(0, ...a.flatMap((row, i) => row.map((value, at) => Math.abs(value - (b[i]?.[at] as number)))));
};

/** A tiny random model: what PyLate gives for it (test/tiny-embedders/make_late_interaction.py). */
describe('models that were trained for late interaction equal PyLate', () => {
  it.each(Object.entries(golden.ways))('with queries %s', async (_, { config, scores, query, document, lengths }) => {
    await using(modelWith(config), async (model) => {
      for (const [i, rows] of query.entries())
        expect(furthest(await tokensOf(model, golden.queries[i] as string, 'query'), rows)).toBeLessThan(5e-6);
      for (const [i, rows] of document.entries())
        expect(furthest(await tokensOf(model, golden.documents[i + 1] as string, 'document'), rows)).toBeLessThan(5e-6);
      const { tokenOffsets } = await model.encode(golden.documents, { prefix: 'document', tokens: 'rows' });
      expect(lengths.map((_, i) => (tokenOffsets[i + 1] as number) - (tokenOffsets[i] as number))).toEqual(lengths);
      const reranker = lateInteraction(model);
      for (const [i, asked] of golden.queries.entries()) {
        const given = await reranker.score(
          asked,
          golden.documents.map((text) => ({ text })),
        );
        // Bytes instead of numbers: a step of eight bits in vectors of 16 numbers.
        given.scores.forEach((score, at) => expect(Math.abs(score - (scores[i]?.[at] as number))).toBeLessThan(0.02));
      }
    });
  });

  it('with the projection in the graph', async () => {
    await using(join(tiny, 'colbert-whole'), async (model) => {
      expect(model.files.entry).toMatchObject({ dimensions: 16, maxTokens: 28 });
      expect(model.files.entry.dense).toBeUndefined();
      const { query, document } = golden.ways.expanded as Way;
      expect(furthest(await tokensOf(model, golden.queries[1] as string, 'query'), query[1] as Rows)).toBeLessThan(5e-6);
      expect(furthest(await tokensOf(model, golden.documents[1] as string, 'document'), document[0] as Rows)).toBeLessThan(5e-6);
    });
  });

  it("as ColBERT's own code keeps it: settings in artifact.metadata, the projection among the encoder's weights", async () => {
    const one = modelWith({ skiplist_words: [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'] });
    const modules = JSON.parse(readFileSync(join(one, 'modules.json'), 'utf8')) as readonly object[];
    writeFileSync(join(one, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    const own = modelWith({});
    for (const part of ['modules.json', library, '2_Dense']) rmSync(join(own, part), { recursive: true });
    cpSync(join(own, '1_Dense', 'model.safetensors'), join(own, 'model.safetensors'));
    const config = join(own, 'config.json');
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), architectures: ['HF_ColBERT'] }));
    const metadata = {
      query_token_id: '[Q] ',
      doc_token_id: '[D] ',
      query_maxlen: 16,
      doc_maxlen: 28,
      dim: 24,
      attend_to_mask_tokens: false,
    };
    writeFileSync(join(own, 'artifact.metadata'), JSON.stringify(metadata));
    const read = (folder: string) =>
      using(folder, async (model) => {
        expect(model.files.entry).toMatchObject({ dimensions: 24, maxTokens: 28 });
        const query = await model.encode(golden.queries, { prefix: 'query', tokens: 'rows' });
        const document = await model.encode(golden.documents, { prefix: 'document', tokens: 'rows' });
        return [query.tokenVectors, document.tokenVectors];
      });
    expect(await read(own)).toEqual(await read(one));
  });

  it('names the tokens whose vectors count, and says what it left out', async () => {
    await using(join(tiny, 'colbert'), async (model) => {
      const reranker = lateInteraction(model);
      const [stage] = (await reranker.explain?.('whales', { text: golden.documents[0] as string })) ?? [];
      const { query, document } = stage?.tokens ?? { query: [], document: [] };
      expect(query.slice(0, 2)).toEqual(['[CLS]', '[Q] ']);
      expect(query).toHaveLength(16);
      expect(query.at(-1)).toBe('[MASK]');
      expect(document.slice(0, 3)).toEqual(['[CLS]', '[D] ', 'a']);
      expect(document).not.toContain('.');
      const { truncated } = await model.encode([golden.documents[4] as string], { prefix: 'document' });
      expect(truncated[0]).toBeGreaterThan(0);
    });
  });
});

describe('an index of a model for late interaction', () => {
  const texts = [...golden.documents.slice(0, 2), ...golden.documents.slice(4)];
  const documents = texts.map((text, i) => ({ id: `d${i}`, text, even: i % 2 === 0 ? 'yes' : 'no' }));
  const model = join(tiny, 'colbert');
  const open = async (create: CreateOptions = {}) => {
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'], ...create },
      embedder: model,
      reranker: null,
      models: { threads: 1 },
    });
    await index.add(documents);
    return index;
  };

  it('is searched by MaxSim over all that it keeps, each token in its few bytes', async () => {
    const index = await open({ tokens: { bits: 8, pool: 1 }, passages: 'off' });
    expect(index.manifest()).toMatchObject({ dimensions: 16, tokens: { size: 16, bits: 8, pool: 1 } });
    for await (const { tokens } of index.store.get(['d0'], ['tokens']))
      expect(tokens?.length).toBe(16 * (golden.ways.expanded?.lengths[0] as number));
    for (const [q, query] of golden.queries.entries()) {
      const { results, candidates, notes } = await search(index, query, { firstStage: 'late-interaction', top: 3 });
      const scores = [0, 1, 4].map((at) => golden.ways.expanded?.scores[q]?.[at] as number);
      expect(candidates).toHaveLength(3);
      for (const { id, score } of candidates) expect(Math.abs(score - (scores[Number(id.slice(1))] as number))).toBeLessThan(0.02);
      expect(candidates.map(({ score }) => score)).toEqual(candidates.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(results.map(({ id }) => id)).toEqual(candidates.map(({ id }) => id));
      if (q < 3) expect(notes).toBeUndefined();
    }
    const { candidates } = await search(index, 'whales', { firstStage: 'late-interaction', filter: 'even = yes', candidates: 1, top: 1 });
    expect(candidates.map(({ id }) => id)).not.toContain('d1');
    expect(candidates).toHaveLength(1);
    await index.close();
  });

  it('finds the passage of a long text, and keeps the order of late interaction as the reranker', async () => {
    const index = await open();
    const first = await search(index, golden.queries[1] as string, { firstStage: 'late-interaction', top: 3 });
    const again = await search(index, golden.queries[1] as string, {
      reranker: await index.rerankerNamed(['late-interaction']),
      top: 3,
    });
    expect(first.candidates.find(({ id }) => id === 'd2')?.passage).toBeDefined();
    expect(again.results[0]?.id).toBe(first.results[0]?.id);
    await index.close();
  });

  it('is refused where it keeps no tokens, and where words would be weighed', async () => {
    const index = await open({ tokens: null });
    await expect(search(index, 'whales', { firstStage: 'late-interaction' })).rejects.toMatchObject({ code: 'E_USAGE' });
    await index.close();
    const kept = await open();
    const reranker = await kept.rerankerNamed(['late-interaction']);
    await expect(search(kept, 'whales', { firstStage: 'late-interaction', wordsWeight: 0.1, reranker })).rejects.toThrow('counts no words');
    await kept.close();
  });

  it('reranks by its name what another model found, and compares no tokens of that', async () => {
    const other = join(tiny, 'bert');
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'] },
      embedder: other,
      reranker: model,
      models: { threads: 1 },
    });
    await index.add(documents);
    expect(index.manifest()?.tokens?.size).toBe(16);
    const { results, rankedBy, fingerprint } = await search(index, golden.queries[0] as string, { top: 3, stages: true });
    expect([rankedBy, fingerprint]).toEqual([model, expect.stringMatching(/^max-sim-1\(colbert@fp32/)]);
    const scores = [0, 1, 4].map((at) => golden.ways.expanded?.scores[0]?.[at] as number);
    for (const { id, stages } of results)
      expect(Math.abs((stages?.[0] as number) - (scores[Number(id.slice(1))] as number))).toBeLessThan(0.02);
    await index.close();
  });
});

describe('a model for late interaction that is not whole is refused', () => {
  it.each<readonly [string, () => string, RegExp]>([
    [
      'whose projection is nowhere',
      () => without('modules.json', '1_Dense', '2_Dense'),
      /neither its graph nor a file beside it holds its projection/,
    ],
    ['whose first layer is not there', () => without('1_Dense/model.safetensors'), /1_Dense.model\.safetensors is not there/],
    ['whose marker is no token', () => modelWith({ query_prefix: '[Ask]' }), /no token "\[Ask\]"/],
    [
      'whose graph is of another width',
      () => withLayer({ in_features: 20 }),
      /gives 16 numbers a token; its projection takes 20 and gives 16/,
    ],
    ['whose layers do not fit', () => withLayer({ out_features: 20 }), /gives 20 numbers, and the next one takes 24/],
  ])('%s', async (_, folder, message) => {
    const path = folder();
    await expect(using(path, (model) => model.encode(['a'], { prefix: 'query' }))).rejects.toThrow(message);
  });
  const without = (...parts: readonly string[]): string => {
    const folder = modelWith({});
    for (const part of parts) rmSync(join(folder, part), { recursive: true });
    return folder;
  };
  const withLayer = (change: object): string => {
    const folder = modelWith({});
    const path = join(folder, '1_Dense', 'config.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
    return folder;
  };
});
