import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inferEntry } from './infer-entry.ts';
import type { CrossEncoderEntry } from './model-entry.ts';
import { recipes } from './recipes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-scoring-'));
  await put('model.onnx', 'graph');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: unknown): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
};
const infer = (repository = 'owner/name') =>
  inferEntry({ folder, name: repository, repository, modelPath: join(folder, 'model.onnx'), repositoryPath: 'onnx/model.onnx' });
const scoring = async (repository?: string) => ((await infer(repository)) as CrossEncoderEntry).scoring;
const config = (head: string, more: object = {}) => put('config.json', { architectures: [head], hidden_size: 8, ...more });

describe('a causal model', () => {
  it.each([
    'Qwen2ForCausalLM',
    'Qwen3ForCausalLM',
    'GemmaForCausalLM',
    'LlamaForCausalLM',
    'GPT2LMHeadModel',
  ])('is refused as a %s alone, whatever its class', async (head) => {
    await config(head);
    await expect(infer()).rejects.toMatchObject({
      code: 'E_MODEL_FAILED',
      message: expect.stringMatching(
        /none of its files says on which prompt.*"scoring" in a finetooth\.json.*qwen3-reranker, mxbai-rerank-v2/,
      ),
    });
  });

  it.each([
    ['Qwen/Qwen3-Reranker-4B', 'qwen3-reranker'],
    ['mixedbread-ai/mxbai-rerank-base-v2', 'mxbai-rerank-v2'],
    ['BAAI/bge-reranker-v2-gemma', 'bge-reranker-gemma'],
    ['contextualai/ctxl-rerank-v2-instruct-multilingual-1b', 'ctxl-rerank-v2'],
    ['zeroentropy/zerank-1-small', 'zerank'],
    ['zeroentropy/zerank-2-reranker', 'zerank'],
  ] as const)('of the repository %s is asked as its card says, and so is what was converted from it', async (repository, recipe) => {
    await config('Qwen3ForCausalLM');
    expect(await scoring(repository)).toEqual(recipes[recipe]);
    await config('Qwen3ForCausalLM', { _name_or_path: repository });
    expect(await scoring('someone/a-conversion')).toEqual(recipes[recipe]);
  });

  it.each([
    'Qwen/Qwen3-4B',
    'mixedbread-ai/mxbai-rerank-base-v3',
    'zeroentropy/zerank-3',
    'someone/qwen3-reranker-0.6b',
  ])('of %s has no recipe', async (repository) => {
    await config('Qwen3ForCausalLM');
    await expect(infer(repository)).rejects.toThrow(/none of its files says/);
  });

  it('is asked as finetooth.json says, by a recipe or in words', async () => {
    await config('Qwen3ForCausalLM');
    await put('finetooth.json', { scoring: 'mxbai-rerank-v2' });
    expect(await scoring()).toEqual(recipes['mxbai-rerank-v2']);
    await put('finetooth.json', {
      scoring: {
        prompt: ['{instruction}Q: {query} ', 'D: {document}', '?'],
        yes: 'ja',
        no: 7,
        instruction: 'Be strict',
        instructionFrame: '{instruction}! ',
      },
    });
    expect(await scoring()).toEqual({
      form: 'answer',
      prompt: {
        kind: 'segments',
        segments: ['{instruction}Q: {query} ', 'D: {document}', '?'],
        instruction: { frame: '{instruction}! ', words: 'Be strict' },
      },
      yes: 'ja',
      no: 7,
      activation: 'sigmoid',
    });
  });

  it.each<[unknown, RegExp]>([
    ['mxbai-rerank-v3', /no recipe\. Did you mean "mxbai-rerank-v2"/],
    [{ prompt: ['{query}'], yes: 'a' }, /"scoring\.prompt" .* must hold \{document\} once/],
    [{ prompt: ['{query} {query} {document}'], yes: 'a' }, /must hold \{query\} once/],
    [{ prompt: ['{query} {document}'], no: 'a' }, /has "no" and no "yes"/],
    [{ yes: 'a' }, /has "yes" and no "prompt"/],
    [{ prompt: ['{query} {document}'], yes: '' }, /"scoring\.yes"/],
    [{ prompt: ['{query} {document}'], yes: 'a', instruction: 'x' }, /its prompt no \{instruction\}/],
    [{ prompt: ['{query} {document}'], yes: 'a', relevant: 1 }, /"yes" and "relevant"/],
    [{ promt: [] }, /Unrecognized key: "promt"/],
    [{ activation: 'tanh' }, /"scoring\.activation"/],
    [3, /"scoring" in/],
  ])('is not asked by %o', async (stated, message) => {
    await config('Qwen3ForCausalLM');
    await put('finetooth.json', { scoring: stated });
    await expect(infer()).rejects.toMatchObject({ code: 'E_INPUT_FORMAT', message: expect.stringMatching(message) });
  });

  it('with an encoder before it says so', async () => {
    await config('T5ForConditionalGeneration', { is_encoder_decoder: true });
    await expect(infer()).rejects.toThrow(/an encoder and a decoder.*monoT5/);
  });
});

describe('a causal model with the files of sentence-transformers', () => {
  const template =
    "<s>{{ messages | selectattr('role', 'eq', 'query') | map(attribute='content') | first }}|" +
    "{{ messages | selectattr('role', 'eq', 'document') | map(attribute='content') | first }}{% if add_generation_prompt %}!{% endif %}";
  const system = "{{ messages | selectattr('role', 'eq', 'system') | map(attribute='content') | first | default('the usual') }}";
  const library = (head: unknown, own: unknown = { model_type: 'CrossEncoder', activation_fn: 'torch.nn.modules.linear.Identity' }) =>
    Promise.all([
      config('Qwen3ForCausalLM'),
      put('modules.json', [
        { idx: 0, path: '', type: 'sentence_transformers.base.modules.transformer.Transformer' },
        { idx: 1, path: '1_LogitScore', type: 'sentence_transformers.cross_encoder.modules.logit_score.LogitScore' },
      ]),
      put('1_LogitScore/config.json', head),
      put('config_sentence_transformers.json', own),
      put('sentence_bert_config.json', { processing_kwargs: { chat_template: { add_generation_prompt: true, truncation: true } } }),
    ]);

  it('answers with the tokens and is asked by the template that they state', async () => {
    await library({ true_token_id: 9454, false_token_id: null });
    await put('chat_template.jinja', template);
    await put('tokenizer_config.json', { eos_token: { content: '<e>' }, chat_template: 'not this one' });
    expect(await scoring()).toEqual({
      form: 'answer',
      prompt: { kind: 'chat', template, variables: { add_generation_prompt: true, eos_token: '<e>' } },
      yes: 9454,
      activation: 'none',
    });
  });

  it('takes an instruction where the template shows a message of the system', async () => {
    await library(
      { true_token_id: 1, false_token_id: 0 },
      { model_type: 'CrossEncoder', default_prompt_name: 'web', prompts: { web: 'Judge.' } },
    );
    await put('tokenizer_config.json', {
      chat_template: [
        { name: 'tool_use', template: '' },
        { name: 'default', template: system + template },
      ],
    });
    expect(await scoring()).toMatchObject({ prompt: { instruction: { words: 'Judge.' } }, yes: 1, no: 0, activation: 'sigmoid' });
  });

  it.each<[string, unknown, string | undefined, RegExp]>([
    ['no template', { true_token_id: 1 }, undefined, /no chat template/],
    ['no token', { false_token_id: 1 }, template, /does not say with which token/],
    ['a token that is none', { true_token_id: 'yes' }, template, /does not say with which token/],
    [
      'a template for conversations',
      { true_token_id: 1 },
      "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
      /no message of the role "query"/,
    ],
    ['a template without the document', { true_token_id: 1 }, '{{ messages[0].content }}', /no message of the role "document"/],
    ['a template that cannot be read', { true_token_id: 1 }, '{% if %}', /cannot be filled in/],
    ['a template that raises', { true_token_id: 1 }, "{{ raise_exception('only images') }}", /only images/],
  ])('is refused with %s', async (_, head, given, message) => {
    await library(head);
    if (given !== undefined) await put('chat_template.jinja', given);
    await expect(infer()).rejects.toMatchObject({ code: 'E_MODEL_FAILED', message: expect.stringMatching(message) });
  });
});

describe('a head for classes', () => {
  const bert = (more: object) => config('BertForSequenceClassification', more);
  it.each<[object, object]>([
    [{ id2label: { 0: 'LABEL_0' } }, { labels: 1, relevant: 0, activation: 'sigmoid' }],
    [{ id2label: { 1: 'irrelevant', 0: 'relevant' } }, { labels: 2, relevant: 0 }],
    [{ id2label: { 0: 'SCORE' }, sentence_transformers: { activation_fn: 'torch.nn.modules.linear.Identity' } }, { activation: 'none' }],
    [
      { id2label: { 0: 'LABEL_0' }, sbert_ce_default_activation_function: 'torch.nn.modules.activation.Sigmoid' },
      { activation: 'sigmoid' },
    ],
    [
      { num_labels: 2, sentence_transformers: { activation_fn: 'torch.nn.modules.activation.Softmax' } },
      { labels: 2, relevant: 1, activation: 'sigmoid' },
    ],
    [
      { id2label: { 0: 'no', 1: 'yes' }, problem_type: 'multi_label_classification' },
      { relevant: 1, independent: true },
    ],
    [
      { id2label: { 0: 'LABEL_0' }, problem_type: 'regression' },
      { labels: 1, relevant: 0 },
    ],
  ])('%o scores as %o', async (more, wanted) => {
    await bert(more);
    expect(await scoring()).toMatchObject({ form: 'classifier', ...wanted });
  });

  it('takes its activation from config_sentence_transformers.json too', async () => {
    await bert({ id2label: { 0: 'LABEL_0' } });
    await put('modules.json', [{ type: 'sentence_transformers.base.modules.transformer.Transformer', path: '' }]);
    await put('config_sentence_transformers.json', { model_type: 'CrossEncoder', activation_fn: 'torch.nn.modules.linear.Identity' });
    expect(await scoring()).toMatchObject({ activation: 'none' });
  });

  it.each<[object, RegExp]>([
    [
      { id2label: { 0: 'contradiction', 1: 'entailment', 2: 'neutral' } },
      /tells 3 classes apart \(contradiction, entailment, neutral\).*finetooth\.json/,
    ],
    [{ id2label: { 0: 'cat', 1: 'dog' } }, /does not say which of its labels, cat or dog/],
    [{ id2label: { 0: 'toxic' } }, /has one label, toxic, which does not say/],
    [
      { id2label: { 0: 'LABEL_0' }, sentence_transformers: { activation_fn: 'torch.nn.modules.activation.Tanh' } },
      /puts torch\.nn\.modules\.activation\.Tanh on its scores/,
    ],
    [{ id2label: { 0: 'LABEL_0' }, sentence_transformers: { activation_fn: 'my.own.Activation' } }, /my\.own\.Activation/],
  ])('%o is refused', async (more, message) => {
    await bert(more);
    await expect(infer()).rejects.toMatchObject({ code: 'E_MODEL_FAILED', message: expect.stringMatching(message) });
  });

  it('says which label means relevant in finetooth.json, by name or number', async () => {
    await bert({ id2label: { 0: 'contradiction', 1: 'entailment', 2: 'neutral' } });
    await put('finetooth.json', { scoring: { relevant: 'Entailment' } });
    expect(await scoring()).toEqual({ form: 'classifier', labels: 3, relevant: 1, activation: 'sigmoid' });
    await put('finetooth.json', { scoring: { relevant: 2, activation: 'none' } });
    expect(await scoring()).toMatchObject({ relevant: 2, activation: 'none' });
    await put('finetooth.json', { scoring: { relevant: 'maybe' } });
    await expect(infer()).rejects.toThrow(/"relevant" .* is "maybe", and its labels are contradiction, entailment, neutral/);
  });

  it.each([
    'Qwen2ForSequenceClassification',
    'LlamaForSequenceClassification',
    'Gemma2ForSequenceClassification',
    'Phi3ForSequenceClassification',
    'GPTNeoXForSequenceClassification',
  ])('on a causal model (%s) needs its prompt', async (head) => {
    await config(head, { id2label: { 0: 'LABEL_0' } });
    await expect(infer()).rejects.toThrow(/Its prompt stands in no file/);
    await put('finetooth.json', { scoring: { prompt: ['A {query} B {document}'] } });
    expect(await scoring()).toMatchObject({ form: 'classifier', prompt: { kind: 'segments', segments: ['A {query} B {document}'] } });
  });
});

describe('what nothing describes', () => {
  it.each([
    ['BertForMaskedLM', /fills in words/],
    ['ModernBertForTokenClassification', /not known/],
    ['Gemma3TextModel', /not known/],
    ['Qwen3Model', /not known/],
    ['LlamaForRewardModel', /not known/],
    ['CLIPModel', /not known/],
  ])('(%s) does not become an embedder', async (head, message) => {
    await config(head);
    await expect(infer()).rejects.toMatchObject({ code: 'E_MODEL_FAILED', message: expect.stringMatching(message) });
    await expect(infer()).rejects.toThrow(/modules\.json.*finetooth\.json.*"pooling": "mean"/);
    await put('finetooth.json', { pooling: 'mean' });
    expect(await infer()).toMatchObject({ kind: 'bi-encoder', pooling: 'mean' });
  });

  it.each(['JinaForRanking', 'JinaVLForRanking'])('(%s) reads lists, and is refused for what it is', async (head) => {
    for (const repository of ['jinaai/jina-reranker-v3', 'someone/a-conversion']) {
      await config(head);
      await expect(infer(repository)).rejects.toMatchObject({
        code: 'E_MODEL_FAILED',
        message: expect.stringMatching(
          /reads all documents of a list in one prompt.*choose a cross-encoder, or ask their vendor: jina:jina-reranker-v3\.$/,
        ),
      });
    }
  });

  it('without an architecture, or without a config.json at all, is refused too', async () => {
    await put('config.json', { hidden_size: 8 });
    await expect(infer()).rejects.toThrow(/names no architecture/);
    await rm(join(folder, 'config.json'));
    await expect(infer()).rejects.toThrow(/names no architecture/);
  });

  it('may be an adapter, whose weights a graph holds or not', async () => {
    await config('BertForSequenceClassification', { id2label: { 0: 'LABEL_0' } });
    await put('adapter_config.json', { base_model_name_or_path: 'BAAI/bge-reranker-v2-m3', peft_type: 'LORA' });
    await expect(infer()).rejects.toThrow(/an adapter of BAAI\/bge-reranker-v2-m3 \(adapter_config\.json\).*merge_and_unload/);
  });

  it('is a reranker with one label where finetooth.json says so', async () => {
    await put('finetooth.json', { kind: 'cross-encoder', scoring: { activation: 'none' } });
    expect(await scoring()).toEqual({ form: 'classifier', labels: 1, relevant: 0, activation: 'none' });
  });
});
