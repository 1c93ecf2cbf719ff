/** OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings/create (openai-node 7.57). */
import { z } from 'zod';
import type { NamedModel } from '../models.ts';
import { type Problem, type ProblemKind, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, type EmbedDone, embedEndpoint, type Failure } from './dialect.ts';
import { base64Of, errorObject, notEmpty } from './shared.ts';

/** "Any array must be 2048 dimensions or less." */
const MOST_TEXTS = 2048;

const input = z.union([z.string(), z.array(z.string()), z.array(z.int()), z.array(z.array(z.int()))]);

const types: Readonly<Partial<Record<ProblemKind, string>>> = { failed: 'server_error', unready: 'server_error', busy: 'requests' };
const codes: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'invalid_api_key',
  model: 'model_not_found',
  busy: 'rate_limit_exceeded',
};

/** Of a good answer, here and wherever OpenAI's form is spoken. */
export const embeddingList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ object: z.literal('embedding'), index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) })),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export const tellEmbeddings = (
  { model, vectors, tokens }: EmbedDone,
  { encoding_format }: { readonly encoding_format?: 'float' | 'base64' | null | undefined },
) => ({
  object: 'list',
  data: vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: encoding_format === 'base64' ? base64Of(vector) : vector,
  })),
  model,
  usage: { prompt_tokens: tokens, total_tokens: tokens },
});

export const openaiEmbeddings = embedEndpoint({
  path: '/embeddings',
  about: 'Turn texts into vectors.',
  body: z.object({
    input,
    model: z.string(),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z.int().min(1).nullish(),
    user: z.string().nullish(),
  }),
  answer: embeddingList,
  ask: ({ model, input: sent, dimensions }) => ({ model, texts: textsOf(sent), role: 'document', dimensions: dimensions ?? undefined }),
  tell: (done, body) => tellEmbeddings(done, body),
});

/** Of one model, as OpenAI's list has it. */
const described = ({ name, task }: NamedModel) => ({ id: name, object: 'model', created: 0, owned_by: 'finetooth', task });

export const openai: Dialect = {
  name: 'OpenAI',
  prefix: '/openai/v1',
  endpoints: [openaiEmbeddings],
  reads: [
    {
      // Infinity has OpenAI's form at /models.
      paths: ['/v1/models', '/openai/v1/models', '/infinity/models', '/models'],
      about: 'The models that are served.',
      tag: 'OpenAI',
      tell: ({ models }) => ({ object: 'list', data: models.list.map(described) }),
    },
    {
      paths: ['/v1/models/:name', '/openai/v1/models/:name'],
      about: 'One of them.',
      tag: 'OpenAI',
      tell: ({ models }, { name }) => {
        const found = models.list.find((one) => one.name === name);
        if (found === undefined) throw new RequestError('model', `the model "${name}" is not served here`, { param: 'model' });
        return described(found);
      },
    },
  ],
  fail: failAsOpenai,
  failure: errorObject,
};

export function failAsOpenai(problem: Problem): Failure {
  const { kind, message, param } = problem;
  return {
    status: vendorStatusOf(problem),
    body: { error: { message, type: types[kind] ?? 'invalid_request_error', param: param ?? null, code: codes[kind] ?? null } },
  };
}

/** Numbers are tokens of OpenAI's tokenizers; ours are others, so nothing stands for them here. */
function textsOf(sent: z.infer<typeof input>): readonly string[] {
  const texts: readonly (string | number | number[])[] = [sent].flat();
  notEmpty(texts, 'input must not be empty', 'input');
  if (texts.length > MOST_TEXTS)
    throw new RequestError('invalid', `input may hold at most ${MOST_TEXTS} texts; got ${texts.length}`, { param: 'input' });
  return texts.map((text) => {
    if (typeof text !== 'string')
      throw new RequestError('invalid', 'input is a list of token numbers of another tokenizer; send text', { param: 'input' });
    if (text === '') throw new RequestError('invalid', 'input must not hold an empty string', { param: 'input' });
    return text;
  });
}
