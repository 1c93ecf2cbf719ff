/**
 * The paths that several vendors share, for clients of which only the address was changed. `/v1/rerank` takes what Together, Cohere v1, Jina
 * and Voyage take and answers with everything that their clients look for; where one path is two APIs', the body says which.
 */
import { z } from 'zod';
import { sellerOf } from '../../assemble/sellers.ts';
import { misfit } from '../misfit.ts';
import { RequestError, vendorStatusOf } from '../problem.ts';
import { textOfMessage } from '../readable.ts';
import { meta, metaOf } from './cohere.ts';
import { cohereV1 } from './cohere-v1.ts';
import { cohereV2 } from './cohere-v2.ts';
import { type Dialect, type Endpoint, type Fork, type Passage, rerankEndpoint } from './dialect.ts';
import { mixedbread } from './mixedbread.ts';
import { openai, openaiEmbeddings } from './openai.ts';
import { pinecone } from './pinecone.ts';
import { allUsage, allUsageSchema, errorObject, fields, notEmpty, passage, result, scored, textOfPassage, withWords } from './shared.ts';
import { tei } from './tei.ts';
import { togetherFailure } from './together.ts';
import { instructed, modelName, named, oneOf, truth, wholeFrom } from './values.ts';
import { vllm, vllmRerank, vllmScore } from './vllm.ts';
import { failAsVoyage, voyageFailure, voyageRerank } from './voyage.ts';

const body = z.looseObject({
  model: modelName,
  query: passage,
  documents: z.union([z.string(), z.array(passage)]),
  /** 0: all, as vLLM has it. */
  top_n: wholeFrom(0).nullish(),
  top_k: wholeFrom(1).nullish(),
  return_documents: truth.nullish(),
  rank_fields: z.array(z.string()).nullish(),
  max_tokens_per_doc: wholeFrom(0).nullish(),
  /** Jina's name for it, and for that of the query. */
  max_doc_length: wholeFrom(1).nullish(),
  max_query_length: wholeFrom(1).nullish(),
  max_chunks_per_doc: wholeFrom(1).nullish(),
  truncation: truth.nullish(),
  // Of vLLM, Infinity and TEI, whose clients come here too.
  max_tokens_per_query: wholeFrom(0).nullish(),
  truncate_prompt_tokens: wholeFrom(-1).nullish(),
  truncate: z.union([oneOf('NONE', 'START', 'END'), truth]).nullish(),
  truncation_side: oneOf('left', 'right').nullish(),
  truncation_direction: oneOf('Left', 'Right').nullish(),
  raw_scores: truth.nullish(),
  use_activation: truth.nullish(),
  ...instructed,
  // No vendor's: read of every body that ranks (`exactIn`), and stated where the path is no vendor's alone.
  exact: truth.nullish(),
});

/** The same without the list, which may be long and wrong. */
const words = body.omit({ documents: true });

type Body = z.infer<typeof body>;

const listOf = ({ documents }: Body): readonly Passage[] => [documents].flat() as readonly Passage[];

/**
 * Without `rank_fields`: of an object its `text`, as Together's and Cohere's pages say, or the texts of its `content`; else all fields, as Together's
 * OpenAPI says. Each for itself, so that a score does not depend on the list.
 */
const readOf = (one: Passage, at: number): Passage => textOfMessage(one, at) ?? one;

/** Whether the body is in Voyage's words, or asks for what only Voyage sells. Voyage takes texts alone. */
const isVoyage = ({ top_k, truncation, top_n, model, documents }: z.infer<typeof words> & { readonly documents?: unknown }): boolean =>
  top_n == null &&
  (top_k != null || truncation != null || (model != null && sellerOf('rerank', model) === 'voyage')) &&
  !(Array.isArray(documents) && documents.some((one) => typeof one === 'object'));

export const sharedRerank = rerankEndpoint({
  path: '/v1/rerank',
  about: 'Rank texts or objects: the requests of Together, Cohere v1, Jina and Voyage.',
  body,
  refused: {
    return_embeddings: 'scores are all that a reranker gives',
  },
  idle: {
    overlap_tokens: 'chunks overlap by an eighth of the window',
    return_len: 'usage counts tokens',
    user: 'no one is counted by it',
    priority: 'short requests go first here',
  },
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
    const { model, query, top_n, top_k } = sent;
    const ranked = fieldsOf(sent);
    const documents = notEmpty(listOf(sent), 'documents must not be empty', 'documents');
    const asked = textOfMessage(query, 0);
    if (asked === undefined) throw new RequestError('malformed', 'query: a text or {"text": …}; got another object', { param: 'query' });
    return {
      model: named(model),
      query: withWords(asked, 'query must not be empty'),
      documents: ranked === undefined ? documents.map(readOf) : documents,
      fields: ranked,
      top: top_n || top_k || undefined,
      maxTokens: sent.max_tokens_per_doc || sent.max_doc_length || undefined,
      maxQueryTokens: sent.max_tokens_per_query || sent.max_query_length || undefined,
      maxPairTokens: (sent.truncate_prompt_tokens ?? 0) > 0 ? (sent.truncate_prompt_tokens as number) : undefined,
      maxChunks: sent.max_chunks_per_doc ?? undefined,
      fromEnd: sent.truncate === 'START' || sent.truncation_side === 'left' || sent.truncation_direction === 'Left',
      refuseLong: sent.truncation === false || sent.truncate === false || sent.truncate === 'NONE',
    };
  },
  tell: (done, sent) => {
    if (isVoyage(sent)) return voyageRerank.tell(done, sent);
    const { id, model, ranked, tokens } = done;
    const documents = listOf(sent);
    const isRaw = sent.raw_scores === true || sent.use_activation === false;
    const told = isRaw ? ranked.map((one) => ({ ...one, relevance: one.raw })) : ranked;
    return {
      object: 'rerank',
      id,
      model,
      results: scored(told, (index) => {
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
  endpoints: [],
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

/** vLLM's words where other servers' clients come too: what is too long is cut, and that is told. */
const cutting: Dialect = { ...vllm, name: 'vLLM', prefix: '', reads: [] };
const alone = { reads: [], prefix: '' } as const;

/** Whole dialects at the paths that are theirs alone. */
export const unprefixed: readonly Dialect[] = [
  { ...cohereV2, ...alone, endpoints: [as(cohereV2, '/rerank', '/v2/rerank'), as(cohereV2, '/embed', '/v2/embed')] },
  { ...cohereV1, ...alone, endpoints: [as(cohereV1, '/embed', '/v1/embed')] },
  {
    ...openai,
    ...alone,
    endpoints: [
      { ...openaiEmbeddings, path: '/v1/embeddings' },
      { ...openaiEmbeddings, path: '/embeddings' },
    ],
  },
  {
    ...tei,
    ...alone,
    endpoints: [as(tei, '/embed'), as(tei, '/embed_all'), as(tei, '/similarity'), as(tei, '/predict'), as(tei, '/tokenize')],
  },
  { ...cutting, endpoints: [vllmScore('/score', { cuts: true }), vllmScore('/v1/score', { cuts: true })] },
];

const has =
  (...names: readonly string[]) =>
  (sent: Readonly<Record<string, unknown>>): boolean =>
    names.every((name) => name in sent);
const always = (): boolean => true;

const ofTei = { dialect: { ...tei, ...alone }, endpoint: as(tei, '/rerank'), when: has('texts') } as const;
const ofShared = { dialect: shared, endpoint: sharedRerank, when: always } as const;
const holdsObjects = ({ documents }: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(documents) && documents.some((one) => typeof one === 'object' && one !== null && !('content' in one));

/** TEI's main paths, which are of whatever the model does; here the body says. */
const mainOf = (path: string, dialect: Dialect): Fork => ({
  path,
  about: 'Rank texts against a query, compare sentences, score pairs, or turn texts into vectors: TEI’s requests, told apart by the body.',
  branches: [
    { dialect, endpoint: as(tei, '/rerank'), when: has('texts') },
    {
      dialect,
      endpoint: as(tei, '/similarity'),
      when: ({ inputs }) => typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs),
    },
    {
      dialect,
      endpoint: as(tei, '/predict'),
      when: ({ inputs }) => Array.isArray(inputs) && inputs.length > 0 && inputs.every(Array.isArray),
    },
    { dialect, endpoint: as(tei, '/embed'), when: always },
  ],
});

/** One path, two dialects: the body says which. llama.cpp has four paths for one request, which takes TEI's words too. */
export const forks: readonly Fork[] = [
  {
    path: '/rerank',
    about:
      'Rank texts by their relevance to a query: TEI’s request with texts, Pinecone’s by its header, that of /v1/rerank with objects, else vLLM’s.',
    branches: [
      ofTei,
      {
        dialect: { ...pinecone, ...alone },
        endpoint: as(pinecone, '/rerank'),
        when: (_, headers) => headers['x-pinecone-api-version'] !== undefined,
      },
      { ...ofShared, when: holdsObjects },
      { dialect: cutting, endpoint: vllmRerank('/rerank', { cuts: true }), when: always },
    ],
  },
  { path: '/v1/rerank', about: sharedRerank.about, branches: [ofTei, ofShared] },
  { path: '/reranking', about: 'llama.cpp’s further name of /v1/rerank.', branches: [ofTei, ofShared] },
  { path: '/v1/reranks', about: 'Alibaba’s name of /v1/rerank, for clients of its compatible API.', branches: [ofShared] },
  {
    path: '/v1/reranking',
    about: 'Mixedbread’s request with input, else llama.cpp’s further name of /v1/rerank.',
    branches: [{ dialect: { ...mixedbread, ...alone }, endpoint: as(mixedbread, '/v1/reranking'), when: has('input') }, ofTei, ofShared],
  },
  mainOf('/', { ...tei, ...alone }),
  mainOf('/invocations', { ...tei, ...alone }),
  mainOf('/tei', tei),
  mainOf('/tei/invocations', tei),
];

/** The body once more through Voyage's own schema, which asks for more. */
function checked(sent: Body): unknown {
  const read = voyageRerank.body.safeParse(sent);
  if (read.success) return read.data;
  throw misfit(read.error, sent);
}

/** `rank_fields` as they are named; nothing where they are not. */
function fieldsOf({ rank_fields }: Body): readonly string[] | undefined {
  if (rank_fields?.length === 0)
    throw new RequestError('invalid', 'rank_fields must name a field or be left out', { param: 'rank_fields' });
  return rank_fields ?? undefined;
}
