import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inferEntry } from './infer-entry.ts';
import { isSameModel, ORIGIN, originOf } from './origin.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-infer-'));
  await put('model.onnx', 'graph');
  await put('config.json', { hidden_size: 384, max_position_embeddings: 512, model_type: 'bert', architectures: ['BertModel'] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: unknown): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
};
const infer = (repositoryPath = 'onnx/model.onnx') =>
  inferEntry({ folder, name: 'owner/name', repository: 'owner/name', modelPath: join(folder, 'model.onnx'), repositoryPath });

describe('inferEntry', () => {
  it('takes the mean of the tokens where nothing else is said', async () => {
    const prefix = { query: '', document: '' };
    expect(await infer()).toMatchObject({
      kind: 'bi-encoder',
      dimensions: 384,
      maxTokens: 512,
      pooling: 'mean',
      prefix,
      precision: 'fp32',
    });
  });

  it('reads the files of sentence-transformers', async () => {
    await put('modules.json', [{ type: 'sentence_transformers.models.Transformer' }, { type: 'sentence_transformers.models.Pooling' }]);
    await put('1_Pooling/config.json', { word_embedding_dimension: 384, pooling_mode_cls_token: true, pooling_mode_mean_tokens: false });
    await put('sentence_bert_config.json', { max_seq_length: 256 });
    await put('config_sentence_transformers.json', { prompts: { query: 'query: ', passage: 'passage: ' } });
    expect(await infer()).toMatchObject({ pooling: 'cls', maxTokens: 256, prefix: { query: 'query: ', document: 'passage: ' } });
  });

  it.each([
    [{ max_position_embeddings: 514, model_type: 'xlm-roberta' }, {}, 512],
    [{ max_position_embeddings: 8192 }, { model_max_length: 2048 }, 2048],
    [{ max_position_embeddings: 512 }, { model_max_length: 1e30 }, 512],
    [{}, {}, 512],
  ])('%o and %o have a window of %i tokens', async (config, tokenizer, maxTokens) => {
    await put('config.json', { hidden_size: 8, architectures: ['BertModel'], ...config });
    await put('tokenizer_config.json', tokenizer);
    expect((await infer()).maxTokens).toBe(maxTokens);
  });

  it('knows int8 weights by their operator, fp16 by the name of the file', async () => {
    expect((await infer('onnx/model_fp16.onnx')).precision).toBe('fp16');
    await put('model.onnx', `graph${'\0'.repeat(1000)}DynamicQuantizeLinear${'\0'.repeat(1000)}`);
    expect((await infer()).precision).toBe('int8');
  });

  it('knows a cross-encoder by its head', async () => {
    await put('config.json', { hidden_size: 384, architectures: ['BertForSequenceClassification'], id2label: { 0: 'LABEL_0' } });
    expect((await infer()).kind).toBe('cross-encoder');
  });

  it.each([
    ['1_Pooling/config.json', { pooling_mode_swirl: true }, /pools its tokens by pooling_mode_swirl/],
    ['modules.json', [{ type: 'sentence_transformers.models.LSTM' }], /a step "LSTM"/],
    ['config.json', { architectures: ['BertModel'] }, /does not say how many dimensions/],
    ['config.json', '{', /config\.json is not JSON/],
    ['finetooth.json', { poolin: 'cls' }, /unknown key "poolin"; did you mean "pooling"\?/],
    ['finetooth.json', { pooling: 'most' }, /"pooling" in .* must be one of cls, .*, got "most"/],
    ['finetooth.json', { maxTokens: 0 }, /"maxTokens" in .* whole number above 0, got 0/],
  ])('refuses %s with %o', async (path, content, message) => {
    await put(path, content);
    await expect(infer()).rejects.toThrow(message);
  });

  it('lets finetooth.json win', async () => {
    await put('1_Pooling/config.json', { pooling_mode_mean_tokens: true });
    await put('finetooth.json', { pooling: 'cls', prefix: { query: 'q: ' }, licence: 'MIT', dimensions: 16 });
    expect(await infer()).toMatchObject({ pooling: 'cls', prefix: { query: 'q: ', document: '' }, licence: 'MIT', dimensions: 16 });
  });
});

describe('isSameModel', () => {
  it.each([
    [{}, true],
    [{ torch_dtype: 'float16', transformers_version: '5' }, true],
    [{ architectures: ['BertForSequenceClassification'] }, false],
    [{ hidden_size: 768 }, false],
    [{ id2label: { 0: 'LABEL_0' } }, false],
  ])('with %o is %s', async (more, wanted) => {
    const own = { architectures: ['BertModel'], model_type: 'bert', hidden_size: 384 };
    await put('config.json', { ...own, _name_or_path: 'maker/name' });
    await put(ORIGIN, { ...own, ...more });
    expect(await isSameModel(folder)).toBe(wanted);
  });
});

describe('originOf', () => {
  it('is a repository, never a path', async () => {
    await put('config.json', { _name_or_path: 'BAAI/bge-small-zh-v1.5' });
    expect(await originOf(folder)).toBe('BAAI/bge-small-zh-v1.5');
    await put('config.json', { _name_or_path: './models/x' });
    expect(await originOf(folder)).toBeUndefined();
  });
});
