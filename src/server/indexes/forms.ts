import { z } from 'zod';
import { indexNameForm, indexNameWords } from '../../assemble/index-folders.ts';
import { plan, snakeCase } from '../../plan.ts';
import { misfit } from '../misfit.ts';
import { createShape, planShape, tokenBitsShape } from '../plan-body.ts';

export const searchBody = z.strictObject({
  index: z.string().optional(),
  query: z.string(),
  ...planShape,
  /** Server-sent events: the first stage's results at once, each sharper order, then the answer. */
  stream: z.boolean().optional(),
});

const span = z.tuple([z.int(), z.int()]);
/** Places are characters (UTF-16 units) of the ranked text, the end not included; lines and pages, where it has them, count from 1. */
const sentence = z.object({ start: z.int(), end: z.int(), text: z.string(), lines: span.optional(), pages: span.optional() });
/** Only with `explain`. */
const explanation = z.object({
  stages: z.array(
    z.object({
      name: z.string(),
      of: z.literal('title').optional(),
      /** Tokens of the query and of the text, and the cosine of each with each: one row for each of the query. */
      tokens: z
        .object({
          query: z.array(z.string()),
          document: z.array(z.string()),
          similarities: z.array(z.array(z.number())),
          cosine: z.number(),
          max_sim: z.number(),
        })
        .optional(),
      sentences: z.array(z.object({ start: z.int(), end: z.int() })).optional(),
      parts: z.array(z.object({ start: z.int(), end: z.int(), score: z.number() })).optional(),
    }),
  ),
  /** Tokens by which a sparse model found it, what adds most to its score first. */
  weights: z.array(z.object({ token: z.string(), query: z.number(), document: z.number(), score: z.number() })).optional(),
  /** What the reranker gives each field alone; `share` is of the relevance of all. */
  fields: z.array(z.object({ field: z.string(), score: z.number(), relevance: z.number().optional(), share: z.number().optional() })),
});

const result = z.looseObject({
  id: z.string(),
  rank: z.int(),
  index: z.int(),
  relevance_score: z.number(),
  level: z.enum(['high', 'likely', 'unlikely']).optional(),
  /** How many documents it stands for whose texts are like its own, and their ids; see `collapse`. */
  collapsed: z.int().optional(),
  duplicates: z.array(z.string()).optional(),
  first_stage_rank: z.int(),
  first_stage_score: z.number(),
  /** The part of the text that gave the score, in characters (UTF-16 units); absent where all of it was read. */
  passage: z.object({ start: z.int(), end: z.int() }).optional(),
  /** The sentence that matters of a text that was not read as a whole. */
  highlight: sentence.optional(),
  /** Only with `snippets`: `sentence` and `matches` are places in `text`. */
  snippet: sentence.extend({ sentence: span, matches: z.array(span) }).optional(),
  /** Only with `stages`: what each stage gave, in their order, null where it did not score. */
  stages: z.array(z.number().nullable()).optional(),
  explanation: explanation.optional(),
  document: z.record(z.string(), z.unknown()).optional(),
  /** Only with `group_by`: the value that its documents have, how many candidates are in it, and the next best of them. */
  group: z.object({ value: z.unknown(), candidates: z.int(), further: z.array(z.looseObject({ id: z.string() })) }).optional(),
});
/** The values of a field over all documents that fit the filter, the most frequent first. */
const facet = z.object({
  field: z.string(),
  values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })),
  /** Different values beside those; null: more than 100,000 in all, of which none was counted. */
  more_values: z.int().nullable(),
  /** Documents without a value. */
  missing: z.int(),
  /** Of numbers; of a field of dates in ISO 8601. */
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
});
export const searchAnswer = z.looseObject({
  query: z.string(),
  results: z.array(result),
  complete: z.boolean(),
  calibrated: z.boolean(),
  first_stage: z.enum(plan.firstStage.choices).optional(),
  /** By which name the reranker was asked for, of several joined by " > "; null: the first stage alone ranked. */
  ranked_by: z.string().nullable().optional(),
  /** Model, weights and form of the score of what ranked. */
  fingerprint: z.string().nullable().optional(),
  /** By how much a model's own score may differ with what else was scored; absent where each text was read alone, and with `exact`. */
  tolerance: z.number().optional(),
  /** What the first stage found, best first; `bm25` where it counted words. */
  candidates: z.array(z.object({ id: z.string(), score: z.number(), bm25: z.number().optional() })).optional(),
  /** Milliseconds of each stage; 0 for one that did not run. */
  timings: z.object({ embed: z.number(), retrieve: z.number(), rerank: z.number(), total: z.number() }).optional(),
  /** What `rerank` is made of: each stage of the reranker, in their order, and its milliseconds. */
  rerank_stages: z.array(z.object({ name: z.string(), fingerprint: z.string(), took: z.number() })).optional(),
  /** The `cursor` of the next page; only where this one has a cursor, and more results follow. */
  next_cursor: z.string().optional(),
  /** Only with `facets`. */
  facets: z.array(facet).optional(),
  /** Tokens at the end of the query that a model did not read. */
  truncated: z.object({ query: z.int() }).optional(),
  /** What was done that no one asked for, and letters that a model does not know. */
  notes: z.array(z.string()).optional(),
});

export const createBody = z.strictObject({
  name: z.string().regex(indexNameForm, `a name has ${indexNameWords}`),
  fields: createShape('fields'),
  id_field: createShape('idField'),
  types: createShape('types'),
  token_bits: tokenBitsShape,
  token_pool: createShape('tokenPool'),
  dimensions: createShape('dimensions'),
  query_prompt: createShape('queryPrompt'),
  document_prompt: createShape('documentPrompt'),
  passages: createShape('passages'),
  sparse_model: createShape('sparseModel'),
  vector_field: createShape('vectorField'),
  languages: createShape('languages'),
  language_field: createShape('languageField'),
  title_field: createShape('titleField'),
  embedder: z
    .union([z.string().min(1), z.null()], { error: 'must be the name of an embedder that is served, or null' })
    .optional()
    .describe(
      'an embedder that is served by name; null: documents and queries bring their vectors, of whatever model (default: the bundled one)',
    ),
});
export const status = z.object({
  name: z.string(),
  documents: z.int(),
  /** Of all documents, where long texts are split. */
  passages: z.int().optional(),
  bytes: z.int(),
  embedder: z.string().nullable(),
  /** What weighed the tokens of its passages, where it keeps weights. */
  sparse: z.string().optional(),
  /** Numbers of a vector, and prompts of the model, where that was said. */
  dimensions: z.int().optional(),
  query_prompt: z.string().optional(),
  document_prompt: z.string().optional(),
  fields: z.array(z.string()).nullable(),
  /** What fields hold, by which filters compare them. */
  types: z.record(z.string(), z.string()).optional(),
  /** By field, how many documents have no value that can be read as its type, but another one. */
  unreadable: z.record(z.string(), z.int()).optional(),
  /** Version of the word analysis behind BM25, and the languages that it stems: none, where it stems nothing. */
  words: z.string().optional(),
  languages: z.array(z.string()).optional(),
  language_field: z.string().optional(),
  /** The field that late interaction scores by itself too. */
  title_field: z.string().optional(),
  changed_at: z.string().nullable(),
  /** Only of the bundled films before they are an index: they are made when someone searches them, or opens the page. */
  building: z.object({ done: z.int(), total: z.int() }).optional(),
  /** Only in a list: it is still being opened, as while its model is fetched (`GET /v1/downloads`). */
  opening: z.boolean().optional(),
  /** Why it cannot be opened. */
  error: z.string().optional(),
});

export type Status = z.infer<typeof status>;

export const deleteBody = z.strictObject({ ids: z.array(z.string()).min(1).max(100_000) });

export function readBody<Body>(schema: z.ZodType<Body>, sent: unknown): Body {
  const checked = schema.safeParse(sent);
  if (!checked.success) throw misfit(checked.error, sent);
  return checked.data;
}

/** Names of ours as this API writes them: `relevanceScore` is `relevance_score`. What is inside a document or a value of it stays as it is. */
export function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCase(name), name === 'document' || name === 'value' ? inner : inSnakeCase(inner)]),
  );
}
