import { z } from 'zod';
import { indexNameForm, indexNameWords } from '../../assemble/index-folders.ts';
import { snakeCase } from '../../plan.ts';
import { misfit } from '../misfit.ts';
import { createShape, planShape, tokenBitsShape } from '../plan-body.ts';

export const searchBody = z.strictObject({
  index: z.string().optional(),
  query: z.string(),
  ...planShape,
  /** Server-sent events: the first stage's results at once, each sharper order, then the answer. */
  stream: z.boolean().optional(),
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
  passages: createShape('passages'),
  vector_field: createShape('vectorField'),
  languages: createShape('languages'),
  language_field: createShape('languageField'),
  title_field: createShape('titleField'),
  /** null: documents and queries bring their vectors, of whatever model. Absent: the model of the server. */
  embedder: z.null().optional(),
});
export const status = z.object({
  name: z.string(),
  documents: z.int(),
  /** Of all documents, where long texts are split. */
  passages: z.int().optional(),
  bytes: z.int(),
  embedder: z.string().nullable(),
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
