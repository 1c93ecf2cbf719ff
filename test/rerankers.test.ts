import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asCrossEncoder } from '../src/model/catalog/kind.ts';
import { openCrossEncoder } from '../src/model/cross-encoder.ts';
import { resolveModel } from '../src/model/files.ts';
import { shard } from './support/shard.ts';

/** Scores of the reference libraries for models whose scoring stands beside the graph (test/tiny-rerankers/README.md). */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'rerankers.json'), 'utf8')) as {
  readonly pairs: readonly { readonly name: string; readonly query: string; readonly document: string }[];
  readonly instruction: string;
  readonly window: number;
  readonly causal: {
    readonly yes: number;
    readonly no: number;
    readonly renamed: Readonly<Record<string, string>>;
    readonly files: Readonly<Record<string, string>>;
    readonly templates: Readonly<Record<string, string>>;
  };
  readonly scores: Readonly<Record<string, readonly number[]>>;
};
const made = mkdtempSync(join(tmpdir(), 'finetooth-rerankers-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** Pairs of which the score is not the reference's. */
async function apartFrom(folder: string, wanted: readonly number[], instruction?: string): Promise<readonly string[]> {
  const files = asCrossEncoder(await resolveModel(folder));
  const encoder = openCrossEncoder(files, { threads: 1 });
  const wrong: string[] = [];
  for (const [i, { query, document, name }] of golden.pairs.entries()) {
    const { scores } = await encoder.score(query, [document, 'a neighbour'], { instruction });
    if (Math.abs((scores[0] as number) - (wanted[i] as number)) > 1e-4) wrong.push(`${name}: ${scores[0]} for ${wanted[i]}`);
  }
  await encoder.close();
  return wrong;
}

describe('modular cross-encoders', () => {
  it.each(['ettin', 'mean'])('%s scores as sentence-transformers does', async (name) => {
    const folder = join(import.meta.dirname, 'tiny-rerankers', name);
    const { entry } = asCrossEncoder(await resolveModel(folder));
    expect(entry.scoring).toMatchObject({ form: 'head', activation: name === 'ettin' ? 'none' : 'sigmoid' });
    expect(await apartFrom(folder, golden.scores[name] as readonly number[])).toEqual([]);
  });

  it('are known by the weights of their heads too', async () => {
    const folder = join(made, 'other-head');
    cpSync(join(import.meta.dirname, 'tiny-rerankers', 'ettin'), folder, { recursive: true });
    const before = openCrossEncoder(asCrossEncoder(await resolveModel(folder))).fingerprint;
    const path = join(folder, '4_Dense', 'model.safetensors');
    const weights = readFileSync(path);
    weights.writeFloatLE(0.5, weights.length - 4);
    writeFileSync(path, weights);
    expect(openCrossEncoder(asCrossEncoder(await resolveModel(folder))).fingerprint).not.toBe(before);
  });

  it('keep their layers in shards, which are checked one by one', async () => {
    const folder = join(made, 'shards');
    cpSync(join(import.meta.dirname, 'tiny-rerankers', 'ettin'), folder, { recursive: true });
    const whole = openCrossEncoder(asCrossEncoder(await resolveModel(folder))).fingerprint;
    const shards = ['2_Dense', '3_LayerNorm', '4_Dense'].flatMap((layer) =>
      shard(join(folder, layer, 'model.safetensors')).map((name) => `${layer}/${name}`),
    );
    const { entry } = await resolveModel(folder);
    expect(entry.files.others?.map(({ path }) => path)).toEqual(
      expect.arrayContaining([...shards, '2_Dense/model.safetensors.index.json']),
    );
    expect(await apartFrom(folder, golden.scores.ettin as readonly number[])).toEqual([]);
    const last = join(folder, shards.at(-1) as string);
    const weights = readFileSync(last);
    const before = openCrossEncoder(asCrossEncoder(await resolveModel(folder))).fingerprint;
    expect(before).not.toBe(whole);
    writeFileSync(last, Buffer.concat([weights.subarray(0, -4), Buffer.from([0, 0, 0, 63])]));
    expect(openCrossEncoder(asCrossEncoder(await resolveModel(folder))).fingerprint).not.toBe(before);
    rmSync(last);
    await expect(resolveModel(folder)).rejects.toMatchObject({ code: 'E_MODEL_MISSING', message: expect.stringContaining(basename(last)) });
    writeFileSync(join(folder, '4_Dense', 'model.safetensors.index.json'), '{"weight_map": ["a"]}');
    await expect(resolveModel(folder)).rejects.toMatchObject({
      code: 'E_MODEL_FAILED',
      message: expect.stringContaining('index of shards'),
    });
  });

  const spoilt: readonly (readonly [string, string, (content: Buffer) => Buffer | string | undefined, string, RegExp])[] = [
    ['without its modules.json', 'modules.json', () => undefined, 'E_MODEL_FAILED', /is a cross-encoder.*Copy modules\.json/],
    ['without a layer', '2_Dense/model.safetensors', () => undefined, 'E_MODEL_MISSING', /2_Dense\/model\.safetensors is not there/],
    ['with a torn layer', '2_Dense/model.safetensors', (bytes) => bytes.subarray(0, -5), 'E_MODEL_FAILED', /2_Dense.*(cut|damaged)/],
    ['with a layer that is text', '3_LayerNorm/model.safetensors', () => 'not found', 'E_MODEL_FAILED', /3_LayerNorm.*(cut|damaged)/],
    [
      'with NaN in a layer',
      '4_Dense/model.safetensors',
      (bytes) => {
        bytes.writeFloatLE(Number.NaN, bytes.length - 4);
        return bytes;
      },
      'E_MODEL_FAILED',
      /4_Dense.*NaN/,
    ],
    [
      'with the wrong layer',
      '4_Dense/config.json',
      (json) => `${json}`.replace('"in_features": 32', '"in_features": 16'),
      'E_MODEL_FAILED',
      /takes 16 numbers, where what is before it gives 32/,
    ],
    [
      "with another layer's weights",
      '2_Dense/config.json',
      (json) => `${json}`.replace('"out_features": 32', '"out_features": 31'),
      'E_MODEL_FAILED',
      /takes 32 numbers, where what is before it gives 31/,
    ],
    [
      'with an activation that is not known',
      '2_Dense/config.json',
      (json) => `${json}`.replace('GELU', 'Mish'),
      'E_MODEL_FAILED',
      /Mish.*known are/,
    ],
    [
      'with two numbers at the end',
      '4_Dense/config.json',
      (json) => `${json}`.replace('"out_features": 1', '"out_features": 2'),
      'E_MODEL_FAILED',
      /gives 2 numbers in place of one/,
    ],
    [
      'with a step that is not known',
      'modules.json',
      (json) => `${json}`.replace('layer_norm.LayerNorm', 'lstm.LSTM'),
      'E_MODEL_FAILED',
      /LSTM is not known here/,
    ],
    [
      'with a wider encoder in its config',
      'config.json',
      (json) => `${json}`.replace('"hidden_size": 32', '"hidden_size": 64'),
      'E_MODEL_FAILED',
      /takes 32 numbers, where what is before it gives 64/,
    ],
    [
      'with an activation of its own',
      'config_sentence_transformers.json',
      (json) => `${json}`.replace('torch.nn.modules.linear.Identity', 'my.Power'),
      'E_MODEL_FAILED',
      /my\.Power/,
    ],
  ];
  it.each(spoilt)('%s are refused in words', async (what, file, change, code, message) => {
    const folder = join(made, what.replaceAll(/\W/g, '-'));
    cpSync(join(import.meta.dirname, 'tiny-rerankers', 'ettin'), folder, { recursive: true });
    const changed = change(readFileSync(join(folder, file)));
    if (changed === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), changed);
    const opened = resolveModel(folder).then(async (files) => {
      const encoder = openCrossEncoder(asCrossEncoder(files), { threads: 1 });
      try {
        await encoder.score('a', ['b']);
      } finally {
        await encoder.close();
      }
    });
    await expect(opened).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('causal models', () => {
  /** The tiny causal model under another recipe: its tokenizer has the words that real ones have. */
  const folderOf = (name: string, files: Readonly<Record<string, string>>): string => {
    const folder = join(made, name.replaceAll(/\W/g, '-'));
    const source = join(import.meta.dirname, 'tiny-models', 'qwen3');
    cpSync(source, folder, { recursive: true });
    rmSync(join(folder, 'finetooth.json'));
    const tokenizer = Object.entries(golden.causal.renamed).reduce(
      (text, [old, word]) => text.replace(JSON.stringify(old), JSON.stringify(word)),
      readFileSync(join(source, 'tokenizer.json'), 'utf8'),
    );
    for (const [file, content] of Object.entries({ ...files, 'tokenizer.json': tokenizer })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    return folder;
  };

  it.each([
    'mxbai-rerank-v2',
    'bge-reranker-gemma',
    'ctxl-rerank-v2',
  ])('by the recipe %s score as their reference does, instructed too', async (recipe) => {
    const folder = folderOf(recipe, { 'finetooth.json': JSON.stringify({ scoring: recipe, maxTokens: golden.window }) });
    expect(await apartFrom(folder, golden.scores[recipe] as readonly number[])).toEqual([]);
    expect(await apartFrom(folder, golden.scores[`${recipe} instructed`] as readonly number[], golden.instruction)).toEqual([]);
  });

  it('by the recipe zerank score as the reference code does, and read no instruction', async () => {
    const folder = folderOf('zerank', { 'finetooth.json': JSON.stringify({ scoring: 'zerank', maxTokens: golden.window }) });
    expect(await apartFrom(folder, golden.scores.zerank as readonly number[])).toEqual([]);
    const encoder = openCrossEncoder(asCrossEncoder(await resolveModel(folder)), { threads: 1 });
    const [bare, spaced] = [await encoder.score('whales', ['they sing']), await encoder.score(' whales\n', ['\n they sing '])];
    expect(spaced.scores[0]).toBe(bare.scores[0]);
    await expect(encoder.score('a', ['b'], { instruction: 'c' })).rejects.toMatchObject({ code: 'E_USAGE' });
    await encoder.close();
  });

  it('with chat template and LogitScore score as sentence-transformers does, instructed too', async () => {
    const { files, templates } = golden.causal;
    const chat = folderOf('chat', files);
    expect(await apartFrom(chat, golden.scores.chat as readonly number[])).toEqual([]);
    expect(await apartFrom(chat, golden.scores['chat instructed'] as readonly number[], golden.instruction)).toEqual([]);
    const head = '1_LogitScore/config.json';
    const one = folderOf('one-token', { ...files, [head]: JSON.stringify({ true_token_id: golden.causal.yes, false_token_id: null }) });
    expect(await apartFrom(one, golden.scores['chat, one token'] as readonly number[])).toEqual([]);
    const backwards = folderOf('backwards', { ...files, 'chat_template.jinja': templates['chat, the document first'] as string });
    expect(await apartFrom(backwards, golden.scores['chat, the document first'] as readonly number[])).toEqual([]);
  });

  it('keep the query and the end of the prompt where a text is long, whichever comes first', async () => {
    const long = 'the ferry leaves the harbour '.repeat(400);
    const backwards = { ...golden.causal.files, 'chat_template.jinja': golden.causal.templates['chat, the document first'] as string };
    for (const [name, files] of Object.entries({ 'long-chat': golden.causal.files, 'long-backwards': backwards })) {
      const folder = folderOf(name, { ...files, 'finetooth.json': '{"maxTokens": 200}' });
      const encoder = openCrossEncoder(asCrossEncoder(await resolveModel(folder)), { threads: 1 });
      const [first, other] = [await encoder.score('who sails', [long]), await encoder.score('what is cooked', [long])];
      expect(first.tokens[0]).toBe(200);
      expect(first.truncated[0]).toBeGreaterThan(400);
      expect(first.queryTruncated[0]).toBe(0);
      expect(first.scores[0]).not.toBe(other.scores[0]);
      await encoder.close();
    }
  });

  it('whose answer is no token, or none that the model knows, are refused', async () => {
    for (const [yes, message] of [
      ['perhaps so', /several tokens of the answer "perhaps so"/],
      [99_999, /the answer is token 99999, and the model knows \d+/],
    ] as const) {
      const scoring = { prompt: ['{query} {document}'], yes };
      const folder = folderOf(`answer-${yes}`, { 'finetooth.json': JSON.stringify({ scoring }) });
      const encoder = openCrossEncoder(asCrossEncoder(await resolveModel(folder)), { threads: 1 });
      await expect(encoder.score('a', ['b'])).rejects.toMatchObject({ code: 'E_MODEL_FAILED', message: expect.stringMatching(message) });
      await encoder.close();
    }
  });
});
