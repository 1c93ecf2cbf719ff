import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { openIndex, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';
import { finetooth, workFolder } from './finetooth.ts';

const tiny = join(import.meta.dirname, 'tiny-embedders');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'static_models.json'), 'utf8')) as {
  readonly texts: readonly string[];
  readonly models: Readonly<Record<string, readonly (readonly number[])[]>>;
};

/** A copy of a tiny model, to be damaged. */
const copied = (name: string): string => {
  const folder = join(workFolder(), name);
  cpSync(join(tiny, name), folder, { recursive: true });
  return folder;
};
const embed = async (folder: string): Promise<Float32Array> => {
  const model = await openModel(folder, { threads: 1 });
  try {
    return (await model.encode(golden.texts, { prefix: 'document' })).vectors;
  } finally {
    await model.close();
  }
};

/** Tiny random tables: what model2vec and sentence-transformers give for them (test/tiny-embedders/make_static.py). */
describe('static models', () => {
  // model2vec takes the mean of a table in half precision in half precision.
  it.each([
    ['model2vec', 5e-4],
    ['static-embedding', 2e-6],
  ] as const)('%s gives the vectors of its library', async (name, tolerance) => {
    const vectors = await embed(join(tiny, name));
    const wanted = golden.models[name]?.flat() ?? [];
    expect(vectors).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(Math.abs((vectors[i] as number) - value)).toBeLessThan(tolerance);
  });

  it('lie where sentence-transformers of earlier versions put them, too', async () => {
    const folder = copied('static-embedding');
    const part = '0_StaticEmbedding';
    for (const file of ['model.safetensors', 'tokenizer.json']) {
      cpSync(join(folder, file), join(folder, part, file));
      rmSync(join(folder, file));
    }
    writeFileSync(join(folder, 'modules.json'), JSON.stringify([{ type: 'sentence_transformers.models.StaticEmbedding', path: part }]));
    expect(await embed(folder)).toEqual(await embed(join(tiny, 'static-embedding')));
  });

  it('find documents, and have no token vectors: the bundled model compares those', async () => {
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'] },
      embedder: join(tiny, 'model2vec'),
      reranker: 'late-interaction',
      models: { threads: 1 },
    });
    await index.add(golden.texts.filter((text) => text !== '').map((text, i) => ({ id: `d${i}`, text })));
    expect(index.manifest()).toMatchObject({ dimensions: 16 });
    expect(index.manifest()?.tokens).toBeUndefined();
    const { results, rankedBy } = await search(index, 'the white whale', { top: 1 });
    expect(results[0]?.id).toBe('d1');
    expect(rankedBy).toBe('late-interaction');
    await index.close();
  });

  it('embed at the command line', async () => {
    const { stdout, stderr, status } = await finetooth(['embed', '--embedder', join(tiny, 'model2vec')], { input: '["whales"]' });
    expect([stderr, status]).toEqual(['', 0]);
    expect(JSON.parse(stdout).vector[0]).toBeCloseTo(golden.models.model2vec?.[0]?.[0] as number, 3);
  });

  it.each<readonly [string, (folder: string) => void, string, RegExp]>([
    [
      'without its table',
      (folder) => rmSync(join(folder, 'model.safetensors')),
      'E_MODEL_MISSING',
      /is a static model, and model\.safetensors is not there/,
    ],
    ['without a tokenizer', (folder) => rmSync(join(folder, 'tokenizer.json')), 'E_MODEL_MISSING', /tokenizer\.json is not there/],
    [
      'with a table that is cut',
      (folder) => writeFileSync(join(folder, 'model.safetensors'), readFileSync(join(folder, 'model.safetensors')).subarray(0, 9000)),
      'E_MODEL_FAILED',
      /cut or damaged/,
    ],
    [
      'with the table of another tokenizer',
      (folder) => cpSync(join(tiny, 'qwen3', 'tokenizer.json'), join(folder, 'tokenizer.json')),
      'E_MODEL_FAILED',
      /no row for the token/,
    ],
    [
      'with a step behind it',
      (folder) =>
        writeFileSync(
          join(folder, 'modules.json'),
          JSON.stringify([
            { type: 'a.StaticEmbedding', path: '' },
            { type: 'a.Dense', path: '' },
          ]),
        ),
      'E_MODEL_FAILED',
      /a step "Dense" behind its table/,
    ],
  ])('are refused %s', async (_, damage, code, message) => {
    const folder = copied('static-embedding');
    damage(folder);
    const embedded = embed(folder);
    await expect(embedded).rejects.toMatchObject({ code });
    await expect(embedded).rejects.toThrow(message);
  });
});
