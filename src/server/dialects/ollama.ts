/**
 * Ollama: https://github.com/ollama/ollama/blob/main/docs/api.md (0.6), and `/api/rerank` as its users propose it (pull request 7219), which Dify's plugin
 * asks for.
 */
import { z } from 'zod';
import type { ModelFacts, Models } from '../models.ts';
import { type Problem, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Facts, type Passage, rerankEndpoint, showEndpoint } from './dialect.ts';
import { inForm } from './embedding-words.ts';
import { notEmpty, passage, textOfPassage, withWords } from './shared.ts';
import { instructed, modelName, named, textOrTexts, truth, wholeFrom } from './values.ts';

/** "bge-small-en-v1.5:latest": a tag is part of every name there, and no part of ours. */
const untagged = (model: string | null | undefined): string | undefined => named(model)?.replace(/:latest$/i, '');

const nanoseconds = (milliseconds: number): number => Math.round(milliseconds * 1e6);
const times = ({ took, waited, tokens }: Facts) => ({
  total_duration: nanoseconds(took),
  load_duration: nanoseconds(waited),
  prompt_eval_count: tokens,
});
const timesSchema = { total_duration: z.int(), load_duration: z.int(), prompt_eval_count: z.int() } as const;

const idle = {
  keep_alive: 'models stay loaded as the server was told',
  options: 'they are of writing text; the window is the model’s own',
} as const;
const embed = embedEndpoint({
  path: '/embed',
  about: 'Turn texts into vectors.',
  body: z.object({ model: modelName, input: textOrTexts, truncate: truth.nullish(), dimensions: wholeFrom(0).nullish() }),
  idle,
  answer: z.object({ model: z.string(), embeddings: z.array(z.array(z.number())), ...timesSchema }),
  ask: ({ model, input, truncate, dimensions }) => ({
    model: untagged(model),
    texts: notEmpty([input].flat(), 'input must not be empty', 'input'),
    dimensions: dimensions || undefined,
    refuseLong: truncate === false,
  }),
  tell: (done) => ({ model: done.model, embeddings: done.vectors, ...times(done) }),
});

const embeddings = embedEndpoint({
  path: '/embeddings',
  about: 'Turn one text into a vector.',
  body: z.object({ model: modelName, prompt: z.string() }),
  idle,
  answer: z.object({ embedding: z.array(z.number()) }),
  ask: ({ model, prompt }) => ({ model: untagged(model), texts: [prompt] }),
  tell: ({ vectors: [vector] }) => ({ embedding: inForm(vector as Float32Array, 'float') }),
});

const rerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank documents by their relevance to a query.',
  body: z.object({
    model: modelName,
    query: z.string(),
    documents: z.array(passage),
    top_n: wholeFrom(0).nullish(),
    return_documents: truth.nullish(),
    truncate: truth.nullish(),
    ...instructed,
  }),
  idle,
  answer: z.object({
    model: z.string(),
    results: z.array(z.object({ index: z.int(), document: z.string().optional(), relevance_score: z.number() })),
    ...timesSchema,
  }),
  ask: ({ model, query, documents, top_n, truncate }) => ({
    model: untagged(model),
    query: withWords(query, 'query must not be empty'),
    documents: notEmpty<Passage>(documents, 'documents must not be empty', 'documents'),
    top: top_n || undefined,
    refuseLong: truncate === false,
  }),
  tell: (done, { documents, return_documents }) => ({
    model: done.model,
    results: done.ranked.map(({ index, relevance }) => ({
      index,
      document: return_documents === false ? undefined : textOfPassage(documents[index] as Passage),
      relevance_score: relevance,
    })),
    ...times(done),
  }),
});

const details = {
  parent_model: '',
  format: 'onnx',
  family: 'bert',
  families: ['bert'],
  parameter_size: '',
  quantization_level: 'int8',
} as const;
const detailsSchema = z.object({
  parent_model: z.string(),
  format: z.string(),
  family: z.string(),
  families: z.array(z.string()),
  parameter_size: z.string(),
  quantization_level: z.string(),
});

const show = showEndpoint({
  path: '/show',
  about: 'What is known of a model.',
  body: z.object({ model: modelName, name: modelName, verbose: truth.nullish() }),
  idle: { options: idle.options, system: 'the models here have none', template: 'the models here have none' },
  answer: z.object({
    modelfile: z.string(),
    parameters: z.string(),
    template: z.string(),
    details: detailsSchema,
    model_info: z.record(z.string(), z.union([z.string(), z.int()])),
    capabilities: z.array(z.string()),
    modified_at: z.string(),
  }),
  ask: ({ model, name }) => ({ model: untagged(model) ?? untagged(name) }),
  tell: ({ runs, task, dimensions, window }) => ({
    modelfile: '',
    parameters: '',
    template: '',
    details,
    model_info: JSON.parse(
      JSON.stringify({
        'general.architecture': 'bert',
        'general.basename': runs,
        'bert.embedding_length': dimensions,
        'bert.context_length': window,
      }),
    ) as object,
    capabilities: [task === 'embed' ? 'embedding' : 'rerank'],
    modified_at: UNKNOWN_TIME,
  }),
});

/** When a model was put here is not known; clients parse it. */
const UNKNOWN_TIME = '1970-01-01T00:00:00Z';

const tagOf = ({ name, runs, task, dimensions }: ModelFacts) => ({
  name: `${name}:latest`,
  model: `${name}:latest`,
  modified_at: UNKNOWN_TIME,
  size: 0,
  digest: '',
  details,
  task,
  runs,
  dimensions,
});

const tags = async ({ models }: { readonly models: Pick<Models, 'list' | 'facts'> }) => ({
  models: (await Promise.all(models.list.map(({ name, task }) => models.facts(name, task)))).map(tagOf),
});

export const ollama: Dialect = {
  name: 'Ollama',
  prefix: '/api',
  endpoints: [embed, embeddings, rerank, show],
  reads: [
    { paths: ['/api/tags'], about: 'The models that are served.', tag: 'Ollama', tell: tags },
    { paths: ['/api/ps'], about: 'The models that are loaded: all that are served, when they are asked for.', tag: 'Ollama', tell: tags },
    { paths: ['/api/version'], about: 'The version of this server.', tag: 'Ollama', open: true, tell: ({ version }) => ({ version }) },
  ],
  fail: (problem: Problem) => ({ status: vendorStatusOf(problem), body: { error: problem.message } }),
  failure: z.object({ error: z.string() }),
};
