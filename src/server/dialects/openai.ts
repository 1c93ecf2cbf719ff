/** OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings/create (openai-node 7.57), and Azure's path for them. */
import { z } from 'zod';
import type { ModelFacts, Models } from '../models.ts';
import { type Problem, type ProblemKind, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, type EmbedDone, embedEndpoint, type Failure } from './dialect.ts';
import {
  type EmbeddingWords,
  embeddingWords,
  formed,
  formedSchema,
  idleEmbeddingWords,
  readEmbeddingWords,
  refusedEmbeddingWords,
} from './embedding-words.ts';
import { errorObject, notEmpty } from './shared.ts';
import { modelName, named } from './values.ts';

/** "Any array must be 2048 dimensions or less." */
const MOST_TEXTS = 2048;

const isTokens = (sent: unknown): sent is readonly number[] =>
  Array.isArray(sent) && sent.length > 0 && sent.every((one) => Number.isInteger(one) && (one as number) >= 0);

/** Text, or tokens of OpenAI's tokenizer; of tokens there may be hundreds of thousands, so a schema of its own for each would keep everyone waiting. */
const tokens = z.custom<readonly number[]>(isTokens, 'a list of token numbers').meta({ type: 'array', items: { type: 'integer' } });
const part = z.looseObject({ text: z.string() }, 'a text');
const inputSchema = z.union([z.string(), tokens, z.array(z.union([z.string(), tokens, part]))]);

const types: Readonly<Partial<Record<ProblemKind, string>>> = { failed: 'server_error', unready: 'server_error', busy: 'requests' };
const codes: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'invalid_api_key',
  model: 'model_not_found',
  busy: 'rate_limit_exceeded',
};

/** Of a good answer, here and wherever OpenAI's form is spoken. */
export const embeddingList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ object: z.literal('embedding'), index: z.int(), embedding: formedSchema })),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export const tellEmbeddings = ({ model, vectors, tokens }: EmbedDone, words: EmbeddingWords) => ({
  object: 'list',
  data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: formed(vector, words) })),
  model,
  usage: { prompt_tokens: tokens, total_tokens: tokens },
});

/** Keys of a body in OpenAI's words. */
export const embeddingBody = z.object({ input: inputSchema, model: modelName, ...embeddingWords });

export const openaiEmbeddings = embedEndpoint({
  path: '/embeddings',
  about: 'Turn texts into vectors.',
  body: embeddingBody,
  refused: refusedEmbeddingWords,
  idle: idleEmbeddingWords,
  answer: embeddingList,
  ask: ({ model, input, ...words }) => ({ model: named(model), texts: textsOf(input), ...readEmbeddingWords(words) }),
  tell: (done, body) => tellEmbeddings(done, body),
});

/** Of one model, as OpenAI's list has it, and Xinference's, whose clients look for its type. */
const described = ({ name, task, dimensions, window }: ModelFacts) => ({
  id: name,
  object: 'model',
  created: 0,
  owned_by: 'finetooth',
  task,
  model_type: task === 'embed' ? 'embedding' : 'rerank',
  model_name: name,
  model_ability: [task],
  dimensions,
  max_tokens: window,
});

/** Everything that is served, in OpenAI's form. */
export const modelList = async ({ models }: { readonly models: Pick<Models, 'list' | 'facts'> }) => ({
  object: 'list',
  data: (await Promise.all(models.list.map(({ name, task }) => models.facts(name, task)))).map(described),
});

export const openai: Dialect = {
  name: 'OpenAI',
  prefix: '/openai/v1',
  endpoints: [openaiEmbeddings],
  reads: [
    {
      paths: ['/v1/models', '/openai/v1/models', '/nvidia/v1/models', '/vllm/v1/models', '/tei/v1/models', '/openai/models'],
      about: 'The models that are served.',
      tag: 'OpenAI',
      tell: modelList,
    },
    {
      // A name may have a slash.
      paths: ['/v1/models/*', '/openai/v1/models/*'],
      about: 'One of them.',
      tag: 'OpenAI',
      tell: async ({ models }, { name = '' }) => described(await models.facts(name)),
    },
  ],
  fail: failAsOpenai,
  failure: errorObject,
};

/** Azure's path, in which a deployment stands for a model: https://learn.microsoft.com/azure/ai-services/openai/reference. */
export const azure: Dialect = {
  ...openai,
  name: 'Azure OpenAI',
  prefix: '/openai/deployments',
  reads: [],
  endpoints: [{ ...openaiEmbeddings, path: '/:model/embeddings' }],
};

export function failAsOpenai(problem: Problem): Failure {
  const { kind, message, param } = problem;
  return {
    status: vendorStatusOf(problem),
    body: { error: { message, type: types[kind] ?? 'invalid_request_error', param: param ?? null, code: codes[kind] ?? null } },
  };
}

/** The texts of an input, each as it was sent. */
export function textsOf(sent: z.infer<typeof inputSchema>): readonly (string | readonly number[])[] {
  const list = typeof sent === 'string' || isTokens(sent) ? [sent] : sent;
  notEmpty(list, 'input must not be empty', 'input');
  if (list.length > MOST_TEXTS)
    throw new RequestError('invalid', `input may hold at most ${MOST_TEXTS} texts; got ${list.length}`, { param: 'input' });
  return list.map((one) => {
    if (one === '') throw new RequestError('invalid', 'input must not hold an empty string', { param: 'input' });
    return typeof one === 'object' && 'text' in one ? one.text : one;
  });
}
