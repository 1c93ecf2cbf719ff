/** vLLM, Infinity, LM Studio and whatever else speaks OpenAI's embeddings and Jina's rerank. */
import { atMost, bearer, openAiError, openAiList, type Protocol, type RerankRoute, shape, texts } from '../protocol.ts';

const rerank = (path: string, most: number, document: (index: unknown) => unknown): RerankRoute => ({
  model: 'BAAI/bge-reranker-base',
  path: () => path,
  read: (body) => {
    shape(body, { query: 'string', documents: 'list' }, ['model', 'top_n', 'return_documents', 'raw_scores'], 400);
    const documents = texts(body.documents);
    atMost(documents, most, 422, `documents: List should have at most ${most} items`);
    return { query: body.query as string, documents };
  },
  tell: (rows, tokens) => ({
    object: 'rerank',
    id: 'rerank-1',
    model: 'BAAI/bge-reranker-base',
    results: rows.map(({ index, score }) => ({ index, relevance_score: score, document: document(index) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }),
});

const embed = (path: string) => ({
  model: 'BAAI/bge-small-en-v1.5',
  path: () => path,
  read: (body: Readonly<Record<string, unknown>>) => {
    shape(body, { model: 'string', input: 'list' }, ['encoding_format', 'dimensions', 'user'], 400);
    return { texts: texts(body.input) };
  },
  tell: (vectors: readonly unknown[], tokens: number) => openAiList(vectors, tokens, 'BAAI/bge-small-en-v1.5'),
});

export const vllm: Protocol = {
  vendor: 'vllm',
  source: 'vllm/entrypoints/pooling/scoring 055e47c',
  variables: (url) => ({ VLLM_API_KEY: 'key', VLLM_BASE_URL: url }),
  knows: bearer,
  rerank: rerank('/rerank', 100_000, () => ({ text: null, multi_modal: null })),
  embed: embed('/v1/embeddings'),
  fail: (code, message) => ({ error: { message, type: 'BadRequestError', param: null, code } }),
};

export const infinity: Protocol = {
  vendor: 'infinity',
  source: 'michaelfeil/infinity fcb951c (2025-10-06)',
  variables: (url) => ({ INFINITY_API_KEY: 'key', INFINITY_BASE_URL: url }),
  knows: bearer,
  rerank: rerank('/rerank', 2048, () => undefined),
  embed: embed('/embeddings'),
  fail: openAiError,
};

export const lmstudio: Protocol = {
  vendor: 'lmstudio',
  source: "LM Studio's OpenAI-compatible API, as openai 7.57.0 speaks it",
  variables: (url) => ({ LMSTUDIO_API_KEY: 'key', LMSTUDIO_BASE_URL: `${url}/v1` }),
  knows: bearer,
  embed: embed('/v1/embeddings'),
  fail: openAiError,
};

export const openaiCompatible: Protocol = {
  vendor: 'openai-compatible',
  source: 'openai 7.57.0 and jina-ai/meta-prompt 6676f7a',
  variables: (url) => ({ OPENAI_COMPATIBLE_API_KEY: 'key', OPENAI_COMPATIBLE_BASE_URL: `${url}/v1` }),
  knows: bearer,
  rerank: rerank('/v1/rerank', 1000, () => undefined),
  embed: embed('/v1/embeddings'),
  fail: openAiError,
};
