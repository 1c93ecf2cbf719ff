import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSparseEmbedder } from '../src/embedders.ts';
import type { SparseEmbedder } from '../src/index.ts';
import type { SparseVector } from '../src/types.ts';
import { changeJson, sparseModel } from './support/sparse-model.ts';

type Weights = readonly (readonly [number, number])[];
interface Way {
  readonly config: Readonly<Record<string, unknown>>;
  readonly queries: readonly Weights[];
  readonly documents: readonly Weights[];
  readonly scores: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'sparse_models.json'), 'utf8')) as {
  readonly queries: readonly string[];
  readonly documents: readonly string[];
  readonly ways: Readonly<Record<string, Way>>;
  readonly architectures: Readonly<Record<string, Way>>;
};
const waysOf = (name: string): Way => golden.ways[name] as Way;

const using = async <T>(folder: string, work: (model: SparseEmbedder) => Promise<T>): Promise<T> => {
  const model = await openSparseEmbedder(folder, { threads: 1 });
  try {
    return await work(model);
  } finally {
    await model.close?.();
  }
};

/** The same tokens, and weights that are off by less than what the reference library promises. */
function expectAlike(given: readonly SparseVector[], expected: readonly Weights[]): void {
  expect(given.map(({ ids }) => [...ids])).toEqual(expected.map((weights) => weights.map(([id]) => id)));
  given.forEach(({ weights }, i) => {
    weights.forEach((weight, at) => expect(Math.abs(weight - (expected[i]?.[at]?.[1] as number))).toBeLessThan(1e-5 * Math.max(1, weight)));
  });
}

async function expectGolden(model: SparseEmbedder, { queries, documents, scores }: Way): Promise<void> {
  const [asked, read] = [await model.embed(golden.queries, 'query'), await model.embed(golden.documents, 'document')];
  expectAlike(asked.vectors, queries);
  expectAlike(read.vectors, documents);
  for (const [i, text] of golden.documents.entries())
    expect((await model.embed([text], 'document')).vectors[0]?.weights).toEqual(read.vectors[i]?.weights);
  expect([...(read.truncatedTokens ?? [])].slice(2).map((tokens) => tokens > 0)).toEqual([false, true]);
  for (const [q, query] of asked.vectors.entries())
    for (const [d, document] of read.vectors.entries()) {
      const weightOf = new Map([...document.ids].map((id, at) => [id, document.weights[at] as number]));
      const score = [...query.ids].reduce((sum, id, at) => sum + (query.weights[at] as number) * (weightOf.get(id) ?? 0), 0);
      expect(Math.abs(score - (scores[q]?.[d] as number))).toBeLessThan(1e-4 * Math.max(1, score));
    }
}

/** A tiny random model: what sentence-transformers gives for it (test/tiny-embedders/make_sparse.py). */
describe('sparse encoders equal sentence-transformers', () => {
  it.each(['relu', 'log1p_relu', 'sum', 'most'])('by %s, queries and documents through the model', async (name) => {
    const way = waysOf(name);
    const { max_active_dims: most, ...pooling } = way.config;
    const folder = sparseModel('splade');
    changeJson(join(folder, '1_SpladePooling', 'config.json'), pooling);
    changeJson(join(folder, 'config_sentence_transformers.json'), { max_active_dims: most });
    await using(folder, (model) => expectGolden(model, way));
  });

  it.each([
    ['as the library saves it', (_: string) => {}],
    [
      'as the published ones lie, with the model in the folder itself and the earlier names of the steps',
      (folder: string) =>
        changeJson(join(folder, 'router_config.json'), {
          types: {
            query_0_SparseStaticEmbedding: 'sentence_transformers.sparse_encoder.models.IDF',
            '': 'sentence_transformers.sparse_encoder.models.MLMTransformer',
            document_1_SpladePooling: 'sentence_transformers.sparse_encoder.models.SpladePooling',
          },
          structure: { query: ['query_0_SparseStaticEmbedding'], document: ['', 'document_1_SpladePooling'] },
        }),
    ],
    [
      'from idf.json',
      (folder: string) => {
        changeJson(join(folder, 'query_0_SparseStaticEmbedding', 'config.json'), { path: 'idf.json' });
        rmSync(join(folder, 'query_0_SparseStaticEmbedding', 'model.safetensors'));
      },
    ],
    [
      'as a finetooth.json states it',
      (folder: string) => {
        for (const part of ['modules.json', 'router_config.json', 'query_0_SparseStaticEmbedding', 'document_1_SpladePooling'])
          rmSync(join(folder, part), { recursive: true });
        const sparse = { activation: 'log1p_relu', queryWeights: 'idf.json' };
        writeFileSync(join(folder, 'finetooth.json'), JSON.stringify({ kind: 'sparse-encoder', sparse }));
      },
    ],
  ])('with queries that are looked up, %s', async (_, change) => {
    const folder = sparseModel('sparse');
    change(folder);
    await using(folder, (model) => expectGolden(model, waysOf('looked up')));
  });

  it.each(Object.entries(golden.architectures))('of another architecture: %s', async (name, way) => {
    await using(join(import.meta.dirname, 'tiny-embedders', name), (model) => expectGolden(model, way));
  });

  it('asks no graph for a query that is looked up, and names its tokens', async () => {
    const folder = sparseModel('sparse');
    writeFileSync(join(folder, 'model.onnx'), 'no graph at all');
    await using(folder, async (model) => {
      const { vectors, tokens } = await model.embed(['The whale, the sea'], 'query');
      const names = await model.names([...(vectors[0] as SparseVector).ids]);
      expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
      expect(names).toContain('the');
      expect(tokens?.[0]).toBeGreaterThan(names.length);
      await expect(model.embed(['a'], 'document')).rejects.toMatchObject({ code: 'E_MODEL_FAILED' });
    });
  });

  it('has another fingerprint for other weights of queries, and for another way', async () => {
    const [splade, sparse, other] = [sparseModel('splade'), sparseModel('sparse'), sparseModel('sparse')];
    changeJson(join(other, 'document_1_SpladePooling', 'config.json'), { activation_function: 'relu' });
    const fingerprints = await Promise.all([splade, sparse, other].map((folder) => using(folder, async ({ fingerprint }) => fingerprint)));
    expect(new Set(fingerprints.map((one) => one.slice(one.indexOf('@')))).size).toBe(3);
  });
});

describe('a sparse encoder that is not known is refused', () => {
  const wordsIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as object[];
  it.each<readonly [string, (folder: string) => void, RegExp]>([
    [
      'without the files that say how',
      (folder) => rmSync(join(folder, 'modules.json')),
      /or for a sparse encoder \{"kind": "sparse-encoder", "sparse": \{"activation": "relu"\}\}/,
    ],
    [
      'that finetooth.json names and does not describe',
      (folder) => {
        rmSync(join(folder, 'modules.json'));
        writeFileSync(join(folder, 'finetooth.json'), '{"kind": "sparse-encoder"}');
      },
      /nothing says how .* makes weights of its logits/,
    ],
    [
      'with another step',
      (folder) => {
        const path = join(folder, 'modules.json');
        writeFileSync(path, JSON.stringify([...wordsIn(path), { idx: 2, name: '2', path: '', type: 'x.SparseAutoEncoder' }]));
      },
      /has the steps Transformer, SpladePooling, SparseAutoEncoder in its modules\.json/,
    ],
    [
      'with an activation of its own',
      (folder) => changeJson(join(folder, '1_SpladePooling', 'config.json'), { activation_function: 'gelu' }),
      /pools by "max" of "gelu"; known are max, sum of relu, log1p_relu/,
    ],
    [
      'whose graph has no head',
      (folder) => cpSync(join(import.meta.dirname, 'tiny-embedders', 'bert', 'model.onnx'), join(folder, 'model.onnx')),
      /gives no logits for each token, only last_hidden_state/,
    ],
  ])('%s', async (_, change, message) => {
    const folder = sparseModel('splade');
    change(folder);
    await expect(using(folder, async () => {})).rejects.toThrow(message);
  });

  it.each<readonly [string, (folder: string) => void, RegExp]>([
    [
      'whose queries go to another model',
      (folder) => {
        const types = { query_0: 'x.Transformer', query_1: 'x.SpladePooling', document_0: 'x.Transformer', document_1: 'x.SpladePooling' };
        const structure = { query: ['query_0', 'query_1'], document: ['document_0', 'document_1'] };
        changeJson(join(folder, 'router_config.json'), { types, structure });
      },
      /has two models, one for queries \(Transformer, SpladePooling\)/,
    ],
    [
      'whose weights of queries are not there',
      (folder) => rmSync(join(folder, 'query_0_SparseStaticEmbedding', 'model.safetensors')),
      /query_0_SparseStaticEmbedding.model\.safetensors is not there/,
    ],
  ])('%s', async (_, change, message) => {
    const folder = sparseModel('sparse');
    change(folder);
    await expect(using(folder, async () => {})).rejects.toThrow(message);
  });

  it('where weights of queries are below 0', async () => {
    const folder = sparseModel('sparse');
    changeJson(join(folder, 'query_0_SparseStaticEmbedding', 'config.json'), { path: 'idf.json' });
    changeJson(join(folder, 'idf.json'), { the: -1 });
    await expect(using(folder, (model) => model.embed(['a'], 'query'))).rejects.toThrow(/the token "the" the weight -1/);
  });

  it('is no embedder and no reranker, and they are no sparse encoders', async () => {
    const { openModel } = await import('../src/embedders.ts');
    await expect(openModel(sparseModel('splade'))).rejects.toThrow(/is a sparse encoder/);
    await expect(openSparseEmbedder('bge-small-en-v1.5')).rejects.toThrow(/is an embedder: it makes vectors, and weighs no tokens/);
  });
});
