/**
 * The paths that several vendors share, for clients of which only the address was changed. `/v1/rerank` takes what Together, Cohere v1, Jina
 * and Voyage take and answers with everything that their clients look for; `/rerank` is TEI's where `texts` stands, else vLLM's.
 */
import { z } from 'zod';
import { sellerOf } from '../../assemble/sellers.ts';
import { RequestError, vendorStatusOf } from '../problem.ts';
import { meta, metaOf } from './cohere.ts';
import { cohereV2 } from './cohere-v2.ts';
import { type Dialect, type Endpoint, type Passage, rerankEndpoint } from './dialect.ts';
import { mixedbread } from './mixedbread.ts';
import { openai, openaiEmbeddings } from './openai.ts';
import { allUsage, allUsageSchema, errorObject, fields, notEmpty, passage, result, scored, textOfPassage, withWords } from './shared.ts';
import { tei } from './tei.ts';
import { togetherFailure } from './together.ts';
import { vllm } from './vllm.ts';
import { failAsVoyage, voyageFailure, voyageRerank } from './voyage.ts';

const text = z.union([z.string(), z.looseObject({ text: z.string() })]);

const body = z.looseObject({
  model: z.string().nullish(),
  query: text,
  documents: z.union([z.string(), z.array(passage)]),
  /** 0: all, as vLLM has it. */
  top_n: z.int().min(0).nullish(),
  top_k: z.int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
  rank_fields: z.array(z.string()).nullish(),
  max_tokens_per_doc: z.int().min(0).nullish(),
  max_chunks_per_doc: z.int().min(1).nullish(),
  truncation: z.boolean().nullish(),
});

/** The same without the list, which may be long and wrong. */
const words = body.omit({ documents: true });

type Body = z.infer<typeof body>;

const listOf = ({ documents }: Body): readonly Passage[] => [documents].flat();

/**
 * Without `rank_fields`: of an object its `text`, as Together's and Cohere's pages say; else all fields, as Together's OpenAPI says. Each for
 * itself, so that a score does not depend on the list.
 */
const readOf = (one: Passage): Passage => (typeof one !== 'string' && typeof one.text === 'string' ? one.text : one);

/** Whether the body is in Voyage's words, or asks for what only Voyage sells. */
const isVoyage = ({ top_k, truncation, top_n, model }: z.infer<typeof words>): boolean =>
  top_n === undefined && (top_k !== undefined || truncation !== undefined || (model != null && sellerOf('rerank', model) === 'voyage'));

const together = rerankEndpoint({
  path: '/v1/rerank',
  about: 'Rank texts or objects: the requests of Together, Cohere v1, Jina and Voyage.',
  body,
  answer: z.union([
    z.object({
      object: z.literal('rerank'),
      id: z.string(),
      model: z.string(),
      results: z.array(result.extend({ document: fields.optional() })),
      usage: allUsageSchema,
      meta,
    }),
    voyageRerank.answer,
  ]),
  ask: (sent) => {
    if (isVoyage(sent)) return voyageRerank.ask(checked(sent));
    const { model, query, top_n, max_tokens_per_doc } = sent;
    const named = fieldsOf(sent);
    const documents = notEmpty(listOf(sent), 'documents must not be empty', 'documents');
    return {
      model: model ?? undefined,
      query: withWords(typeof query === 'string' ? query : query.text, 'query must not be empty'),
      documents: named === undefined ? documents.map(readOf) : documents,
      fields: named,
      top: top_n === 0 ? undefined : (top_n ?? undefined),
      maxTokens: max_tokens_per_doc === 0 ? undefined : (max_tokens_per_doc ?? undefined),
      refuseLong: sent.truncation === false,
    };
  },
  tell: (done, sent) => {
    if (isVoyage(sent)) return voyageRerank.tell(done, sent);
    const { id, model, ranked, tokens } = done;
    const documents = listOf(sent);
    return {
      object: 'rerank',
      id,
      model,
      results: scored(ranked, (index) => {
        const one = documents[index] as Passage;
        if (sent.return_documents === false) return {};
        return { document: { ...(typeof one === 'string' ? {} : one), text: textOfPassage(one) } };
      }),
      usage: allUsage(tokens),
      meta: metaOf('1', done, documents.length),
    };
  },
});

/** The endpoint of a dialect under the path that stands without its prefix. */
const as = (dialect: Dialect, path: string, outside: string = path): Endpoint => ({
  ...(dialect.endpoints.find((one) => one.path === path) as Endpoint),
  path: outside,
});

/** Each key that a client of these vendors reads of an error. */
export const shared: Dialect = {
  name: 'Together, Cohere, Jina and Voyage',
  prefix: '',
  endpoints: [together],
  fail: (problem, id, sent) => {
    const read = words.safeParse(sent);
    // Voyage's client for Python breaks on an `error` that is no text.
    if (read.success && isVoyage(read.data)) return failAsVoyage(problem);
    return {
      status: vendorStatusOf(problem),
      body: { ...togetherFailure(problem), message: problem.message, detail: problem.message, id },
    };
  },
  failure: z.union([errorObject.extend({ message: z.string(), detail: z.string(), id: z.string() }), voyageFailure]),
};

/** Whole dialects at the paths that are theirs alone. */
export const unprefixed: readonly Dialect[] = [
  shared,
  { ...cohereV2, prefix: '', endpoints: [as(cohereV2, '/rerank', '/v2/rerank'), as(cohereV2, '/embed', '/v2/embed')] },
  {
    ...openai,
    reads: [],
    prefix: '',
    endpoints: [
      { ...openaiEmbeddings, path: '/v1/embeddings' },
      { ...openaiEmbeddings, path: '/embeddings' },
    ],
  },
  { ...tei, prefix: '', reads: [], endpoints: [as(tei, '/embed'), as(tei, '/similarity')] },
  { ...mixedbread, prefix: '', endpoints: [as(mixedbread, '/v1/reranking')] },
  { ...vllm, prefix: '', endpoints: [as(vllm, '/score'), as(vllm, '/v1/score')] },
];

/** `/rerank` is two dialects': which, the body says. */
export const rerankPath = { path: '/rerank', texts: tei, documents: vllm } as const;

/** The body once more through Voyage's own schema, which asks for more. */
function checked(sent: Body): unknown {
  const read = voyageRerank.body.safeParse(sent);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new RequestError('malformed', `${(issue?.path ?? []).join('.')}: ${issue?.message}`, { param: String(issue?.path[0] ?? '') });
}

/** `rank_fields` as they are named; nothing where they are not. */
function fieldsOf({ rank_fields }: Body): readonly string[] | undefined {
  if (rank_fields?.length === 0)
    throw new RequestError('invalid', 'rank_fields must name a field or be left out', { param: 'rank_fields' });
  return rank_fields ?? undefined;
}
