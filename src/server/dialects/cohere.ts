/** What both versions of Cohere's API share: https://docs.cohere.com/reference/errors, /reference/rerank (OpenAPI of 2026-08-20). */
import { z } from 'zod';
import { type Problem, type ProblemKind, RequestError, vendorStatusOf } from '../problem.ts';
import type { EmbedDone, Failure, RerankDone } from './dialect.ts';
import { inForm } from './embedding-words.ts';
import { oneOf } from './values.ts';

/** A search unit is one query with up to 100 documents. */
const SEARCH_UNIT = 100;

export const meta = z.object({
  api_version: z.object({ version: z.string() }),
  billed_units: z.object({ search_units: z.int().optional(), input_tokens: z.int().optional() }),
  tokens: z.object({ input_tokens: z.int(), output_tokens: z.int() }).optional(),
  warnings: z.array(z.string()).optional(),
});

export const cohereFailure = z.object({ message: z.string(), id: z.string() });

const requestKinds: readonly ProblemKind[] = ['malformed', 'invalid', 'empty'];

export const noDocuments = 'list of documents must not be empty';
export const noQuery = 'query must not be empty or be only whitespace';

export const embeddingTypes = oneOf('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64');

type EmbeddingType = z.infer<typeof embeddingTypes>;

export const noImages = 'the models here read text alone';

export const inputTypes = oneOf('search_document', 'search_query', 'classification', 'clustering', 'image');

export const byTypeSchema = z.partialRecord(
  z.enum(['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64']),
  z.array(z.union([z.array(z.number()), z.string()])),
);

export const metaOf = (
  version: '1' | '2',
  { tokens, cut, queryTruncatedTokens, notes }: Pick<RerankDone, 'tokens' | 'cut' | 'queryTruncatedTokens' | 'notes'>,
  documents: number,
) => ({
  api_version: { version },
  billed_units: { search_units: Math.max(1, Math.ceil(documents / SEARCH_UNIT)) },
  tokens: { input_tokens: tokens, output_tokens: 0 },
  ...warningsOf({ cut, texts: documents, what: 'documents', queryTruncatedTokens, notes }),
});

export const failAsCohere = (problem: Problem, id: string): Failure => ({
  status: vendorStatusOf(problem),
  body: { message: requestKinds.includes(problem.kind) ? `invalid request: ${problem.message}` : problem.message, id },
});

/** Throws a RequestError for pictures. */
export function roleOf(type: z.infer<typeof inputTypes> | undefined): 'query' | 'document' {
  if (type === 'image') throw new RequestError('invalid', `input_type image: ${noImages}`, { param: 'input_type' });
  return type === 'search_query' ? 'query' : 'document';
}

/** The vectors in every form that was asked for. */
export const byType = ({ vectors }: EmbedDone, types: readonly EmbeddingType[]): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(types.map((type) => [type, vectors.map((vector) => inForm(vector, type))]));

export const embedMeta = (version: '1' | '2', { tokens, cut, vectors, notes }: EmbedDone) => ({
  api_version: { version },
  billed_units: { input_tokens: tokens },
  ...warningsOf({ cut, texts: vectors.length, what: 'texts', queryTruncatedTokens: 0, notes }),
});

interface Said extends Pick<RerankDone, 'cut' | 'queryTruncatedTokens' | 'notes'> {
  readonly texts: number;
  readonly what: string;
}

function warningsOf({ cut, texts, what, queryTruncatedTokens, notes }: Said): { readonly warnings?: readonly string[] } {
  const warnings = [
    ...(cut === 0 ? [] : [`${cut} of ${texts} ${what} did not fit the model's window; their ends were not read`]),
    ...(queryTruncatedTokens === 0
      ? []
      : [`${queryTruncatedTokens} tokens of the query did not fit the model's window; its end was not read`]),
    ...notes,
  ];
  return warnings.length === 0 ? {} : { warnings };
}
