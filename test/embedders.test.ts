import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { type CreateOptions, type OpenIndexOptions, openIndex, type SearchIndex, search } from '../src/index.ts';
import type { EncodeOptions } from '../src/model/bi-encoder.ts';
import { memoryStore } from '../src/stores.ts';
import { finetooth, workFolder } from './finetooth.ts';

type Rows = readonly (readonly number[])[];

const tiny = join(import.meta.dirname, 'tiny-embedders');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'embedders.json'), 'utf8')) as {
  readonly window: number;
  readonly texts: readonly string[];
  readonly models: {
    readonly bert: Readonly<Record<'query' | 'document' | 'Clustering', Rows>> & {
      readonly 'cut to 8': Record<'query' | 'document', Rows>;
    };
    readonly poolings: Readonly<Record<string, Rows>>;
    readonly residual: Rows;
    readonly whole: Rows;
    readonly qwen3: Readonly<Record<'query' | 'document', Rows>>;
  };
};

/** A copy of the model `bert` without the steps behind its graph, with files of its own. */
const bertWith = (files: Readonly<Record<string, unknown>>): string => {
  const folder = join(workFolder(), 'model');
  cpSync(join(tiny, 'bert'), folder, { recursive: true });
  for (const step of ['1_Pooling', '2_Dense', '3_Dense', '4_Normalize', 'config_sentence_transformers.json'])
    rmSync(join(folder, step), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content instanceof Uint8Array ? content : JSON.stringify(content));
  }
  return folder;
};
const steps = (...kinds: readonly string[]) =>
  kinds.map((kind, idx) => ({
    idx,
    name: String(idx),
    path: kind === 'Transformer' ? '' : `${idx}_${kind}`,
    type: `sentence_transformers.models.${kind}`,
  }));

const vectorsOf = async (folder: string, options: EncodeOptions = { prefix: 'none' }): Promise<Rows> => {
  const model = await openModel(folder, { threads: 1 });
  try {
    const { vectors } = await model.encode(golden.texts, options);
    const { dimensions } = model.files.entry;
    return golden.texts.map((_, i) => [...vectors.subarray(i * dimensions, (i + 1) * dimensions)]);
  } finally {
    await model.close();
  }
};
const furthest = (a: Rows, b: Rows): number => {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(...a.flatMap((row, i) => row.map((value, at) => Math.abs(value - (b[i]?.[at] as number)))));
};

/** Tiny random models: what sentence-transformers gives for them (test/tiny-embedders/make.py). */
describe('embedders of every form equal sentence-transformers', () => {
  const { bert, poolings, residual, whole, qwen3 } = golden.models;

  it.each(['query', 'document'] as const)('two Dense layers behind the mean, the prompt of a %s', async (prefix) => {
    expect(furthest(await vectorsOf(join(tiny, 'bert'), { prefix }), bert[prefix])).toBeLessThan(2e-6);
  });

  it.each(Object.entries(poolings))('pooled by %s', async (pooling, rows) => {
    const stated = bertWith({ 'modules.json': steps('Transformer', 'Pooling'), '1_Pooling/config.json': { pooling_mode: pooling } });
    expect(furthest(await vectorsOf(stated), rows)).toBeLessThan(2e-6);
    const key = pooling === 'cls' ? 'cls_token' : pooling === 'lasttoken' || pooling.endsWith('_tokens') ? pooling : `${pooling}_tokens`;
    const earlier = bertWith({
      'modules.json': steps('Transformer', 'Pooling'),
      '1_Pooling/config.json': { [`pooling_mode_${key}`]: true },
    });
    expect((await openEntry(earlier)).pooling).toBe(pooling);
  });

  it('Dense layers with a residual', async () => {
    const folder = join(workFolder(), 'residual');
    cpSync(join(tiny, 'bert'), folder, { recursive: true });
    cpSync(join(tiny, 'residual'), folder, { recursive: true });
    expect(furthest(await vectorsOf(folder), residual)).toBeLessThan(2e-6);
  });

  it('an output "sentence_embedding", which is taken as it is', async () => {
    expect(furthest(await vectorsOf(join(tiny, 'whole')), whole)).toBeLessThan(2e-6);
  });

  it.each(['query', 'document'] as const)('the last token of a causal model, of a %s', async (prefix) => {
    expect(furthest(await vectorsOf(join(tiny, 'qwen3'), { prefix }), qwen3[prefix])).toBeLessThan(2e-6);
  });
});

describe('an index that uses a model in a way of its own', () => {
  const documents = golden.texts.map((text, i) => ({ id: `d${i}`, text }));
  const folder = join(workFolder(), 'model');
  cpSync(join(tiny, 'bert'), folder, { recursive: true });
  writeFileSync(join(folder, 'finetooth.json'), JSON.stringify({ matryoshka: [8] }));
  const made = async (create: CreateOptions) => {
    const store = memoryStore();
    const kept = { ...store, close: async () => {} };
    const open = (more: OpenIndexOptions = {}) => openIndex(kept, { reranker: null, models: { threads: 1 }, ...more });
    const index = await open({ create, embedder: folder });
    await index.add(documents.filter(({ text }) => text !== ''));
    return { index, open, kept };
  };
  const embedded = async (index: SearchIndex, role: 'query' | 'document'): Promise<Rows> => {
    const { data, dimensions } = await index.embedder().embed(golden.texts, role);
    return golden.texts.map((_, i) => [...data.subarray(i * dimensions, (i + 1) * dimensions)]);
  };

  it('cuts vectors to their first numbers, as sentence-transformers does, and queries follow', async () => {
    const { index, open } = await made({ dimensions: 8 });
    expect(index.manifest()).toMatchObject({ dimensions: 8, form: { dimensions: 8 } });
    await index.close();
    const again = await open();
    for (const role of ['query', 'document'] as const)
      expect(furthest(await embedded(again, role), golden.models.bert['cut to 8'][role])).toBeLessThan(2e-6);
    const { results } = await search(again, 'whales', { top: 1 });
    expect(results).toHaveLength(1);
    await again.close();
    await expect(open({ embedder: join(tiny, 'bert') })).rejects.toMatchObject({ code: 'E_FINGERPRINT' });
    await expect(open({ create: { dimensions: 16 } })).rejects.toThrow(
      'holds vectors of 8 numbers; got dimensions: 16. Leave dimensions out',
    );
    await expect(made({ dimensions: 4 })).rejects.toThrow('have 16 numbers, or 8; got dimensions: 4.');
  });

  it('puts prompts by name before texts', async () => {
    const { index, open } = await made({ documentPrompt: 'Clustering', queryPrompt: 'document' });
    await index.close();
    const again = await open();
    expect(furthest(await embedded(again, 'document'), golden.models.bert.Clustering)).toBeLessThan(2e-6);
    expect(furthest(await embedded(again, 'query'), golden.models.bert.document)).toBeLessThan(2e-6);
    await again.close();
    await expect(open({ create: { documentPrompt: 'query' } })).rejects.toThrow('puts the prompt Clustering before documents');
    await expect(made({ queryPrompt: 'poem' })).rejects.toThrow("has the prompts Clustering, document, query; got queryPrompt: 'poem'.");
  });

  it('is made, told of, searched and made again at the command line in the same way', async () => {
    const [source, into] = [join(workFolder(), 'texts.jsonl'), join(workFolder(), 'index')];
    writeFileSync(source, documents.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const typed = async (...words: string[]) => {
      const { stdout, stderr, status } = await finetooth([...words, '--json']);
      expect(stderr).not.toMatch(/^error/m);
      expect(status).toBe(0);
      return JSON.parse(stdout);
    };
    await typed('index', source, '--into', into, '--embedder', folder, '--dimensions', '8', '--document-prompt', 'Clustering');
    expect(await typed('status', '--in', into)).toMatchObject({ dimensions: 8, form: { documentPrompt: 'Clustering' } });
    await typed('index', source, '--into', into, '--rebuild', '--embedder', folder);
    expect(await typed('status', '--in', into)).toMatchObject({ dimensions: 8, form: { dimensions: 8, documentPrompt: 'Clustering' } });
    await typed('index', source, '--into', into, '--rebuild', '--embedder', join(tiny, 'whole'));
    expect(await typed('status', '--in', into)).not.toHaveProperty('form');
    const refused = await finetooth(['index', source, '--into', `${into}2`, '--embedder', join(tiny, 'whole'), '--dimensions', '8']);
    expect(refused.stderr).toMatch(/have 24 numbers; got --dimensions 8\. It was not trained for shorter ones/);
  });
});

const openEntry = async (folder: string) => {
  const model = await openModel(folder, { threads: 1 });
  await model.close();
  return model.files.entry;
};

describe('an embedder that is not whole is refused', () => {
  const layer = { in_features: 16, out_features: 24, bias: true, activation_function: 'torch.nn.modules.activation.Tanh' };
  const weights = readFileSync(join(tiny, 'bert', '2_Dense', 'model.safetensors'));
  const dense = (config: object, content: Uint8Array | undefined) =>
    bertWith({
      'modules.json': steps('Transformer', 'Pooling', 'Dense'),
      '1_Pooling/config.json': { pooling_mode: 'mean' },
      '2_Dense/config.json': config,
      ...(content && { '2_Dense/model.safetensors': content }),
    });

  it.each<readonly [string, () => string, string, RegExp]>([
    ['without the weights of a layer', () => dense(layer, undefined), 'E_MODEL_MISSING', /2_Dense.model\.safetensors is not there/],
    ['with weights that are cut', () => dense(layer, weights.subarray(0, weights.length - 8)), 'E_MODEL_FAILED', /behind its end/],
    ['with a header that is cut', () => dense(layer, weights.subarray(0, 40)), 'E_MODEL_FAILED', /ends before its header does/],
    [
      'with weights of another kind',
      () => dense(layer, new TextEncoder().encode('PK weights of torch, which are a zip')),
      'E_MODEL_FAILED',
      /cut or damaged/,
    ],
    [
      'with weights of another shape',
      () => dense({ ...layer, out_features: 32 }, weights),
      'E_MODEL_FAILED',
      /24 × 16 numbers; .* asks for 32 × 16/,
    ],
    ['with a bias that is not there', () => dense({ ...layer, bias: false }, weights), 'E_MODEL_FAILED', /has a tensor "linear.bias"/],
    [
      'with an activation that is not known',
      () => dense({ ...layer, activation_function: 'own.Swirl' }, weights),
      'E_MODEL_FAILED',
      /own\.Swirl/,
    ],
    [
      'whose layer takes other numbers',
      () => dense({ ...layer, in_features: 12 }, weights),
      'E_MODEL_FAILED',
      /takes 12 numbers, and its tokens have 16/,
    ],
    ['whose layer does not say how many', () => dense({}, weights), 'E_MODEL_FAILED', /in_features/],
    [
      'pooled by two kinds',
      () => bertWith({ 'modules.json': steps('Transformer', 'Pooling'), '1_Pooling/config.json': { pooling_mode: ['mean', 'max'] } }),
      'E_MODEL_FAILED',
      /mean and max/,
    ],
    [
      'that leaves prompts out',
      () => bertWith({ 'modules.json': steps('Transformer', 'Pooling'), '1_Pooling/config.json': { include_prompt: false } }),
      'E_MODEL_FAILED',
      /include_prompt/,
    ],
    [
      'with a step that is not known',
      () => bertWith({ 'modules.json': steps('Transformer', 'WordWeights') }),
      'E_MODEL_FAILED',
      /WordWeights/,
    ],
    [
      'with a step elsewhere',
      () => bertWith({ 'modules.json': [{ type: 'a.Dense', path: '../other' }] }),
      'E_INPUT_FORMAT',
      /no name of a folder/,
    ],
  ])('%s', async (_, folder, code, message) => {
    const path = folder();
    const embedded = vectorsOf(path);
    await expect(embedded).rejects.toMatchObject({ code });
    await expect(embedded).rejects.toThrow(message);
  });
});

it('a layer that was changed makes another fingerprint', async () => {
  const folder = join(workFolder(), 'model');
  cpSync(join(tiny, 'bert'), folder, { recursive: true });
  const fingerprint = async () => {
    const model = await openModel(folder, { threads: 1 });
    await model.close();
    return model.fingerprint;
  };
  const before = await fingerprint();
  const path = join(folder, '3_Dense', 'model.safetensors');
  const weights = readFileSync(path);
  weights[weights.length - 1] = (weights.at(-1) as number) ^ 1;
  writeFileSync(path, weights);
  expect(await fingerprint()).not.toBe(before);
});
