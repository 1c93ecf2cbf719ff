import type { PriceTable } from './cost.ts';

const maxim = 'getmaxim.ai/bifrost model library';
const litellm = 'BerriAI/litellm model_prices_and_context_window.json';
const opencode = 'opencode.ai/data';
const openrouter = 'openrouter.ai';
const own = 'runs on a machine of your own';
const seen = '2026-11-23';

const free = { tokens: 0, written: 0, searches: 0, source: own, seen };

/**
 * List prices in US dollars as they were read, mostly at second hand: prices change, and many contracts have others. `prices` puts the
 * user's own in their place. What is not here has no known price.
 */
export const prices: PriceTable = {
  'together:salesforce/llama-rank-v1': { tokens: 0.1, source: maxim, seen: '2026-11-22' },
  'cohere:rerank-v3.5': { searches: 2, source: litellm, seen },
  'cohere:rerank-english-v3.0': { searches: 2, source: litellm, seen },
  'cohere:rerank-multilingual-v3.0': { searches: 2, source: litellm, seen },
  'cohere:rerank-v5.0-pro': { tokens: 0.05, source: maxim, seen },
  'cohere:rerank-v5.0-fast': { tokens: 0.02, source: maxim, seen },
  'bedrock:cohere.rerank-v3-5:0': { searches: 2, source: litellm, seen },
  'voyage:rerank-3': { tokens: 0.05, source: maxim, seen },
  'voyage:rerank-3-lite': { tokens: 0.02, source: maxim, seen },
  'voyage:rerank-2.5': { tokens: 0.05, source: maxim, seen },
  'voyage:rerank-2.5-lite': { tokens: 0.02, source: maxim, seen },
  'voyage:rerank-2': { tokens: 0.05, source: maxim, seen },
  'voyage:rerank-2-lite': { tokens: 0.02, source: maxim, seen },
  'voyage:voyage-3': { tokens: 0.06, source: maxim, seen },
  'voyage:voyage-3-large': { tokens: 0.18, source: maxim, seen },
  'voyage:voyage-3-lite': { tokens: 0.02, source: maxim, seen },
  'openai:text-embedding-3-small': { tokens: 0.02, source: 'docs.praison.ai, embeddings', seen },
  'openai:text-embedding-3-large': { tokens: 0.13, source: 'docs.praison.ai, embeddings', seen },
  'openai:text-embedding-ada-002': { tokens: 0.1, source: 'docs.praison.ai, embeddings', seen },
  'google:gemini-embedding-001': { tokens: 0.15, source: opencode, seen },
  'mistral:mistral-embed': { tokens: 0.1, source: opencode, seen },
  'zeroentropy:zerank-1': { tokens: 0.025, source: 'docs.mem0.ai, rerankers', seen },
  'zeroentropy:zerank-1-small': { tokens: 0.025, source: 'docs.mem0.ai, rerankers', seen },
  'openrouter:baai/bge-base-en-v1.5': { tokens: 0.005, source: openrouter, seen },
  'openrouter:baai/bge-large-en-v1.5': { tokens: 0.01, source: openrouter, seen },
  'openrouter:google/gemini-embedding-001': { tokens: 0.15, source: openrouter, seen },
  'tei:*': free,
  'vllm:*': free,
  'infinity:*': free,
  'ollama:*': free,
  'lmstudio:*': free,
};
