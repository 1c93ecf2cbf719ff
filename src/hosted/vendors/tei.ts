/** Hugging Face text-embeddings-inference: POST /rerank and /embed (router/src/http, commit 0d124dc). One model a server: its name is not sent. */
import type { Vendor } from '../vendor.ts';
import { free } from '../vendor-model.ts';
import { type Answer, count, listIn, post, rankingIn } from '../wire.ts';

const listed = { source: 'router/src/http, commit 0d124dc', date: '2026-11' };

export const tei: Vendor = {
  name: 'tei',
  title: 'Text Embeddings Inference',
  keyVariables: ['TEI_API_KEY'],
  keyless: true,
  baseVariable: 'TEI_BASE_URL',
  baseURL: 'http://127.0.0.1:8080',
  models: [
    { ...listed, name: 'default', task: 'rerank' },
    { ...listed, name: 'default', task: 'embed' },
  ],
  price: free,
  rerank: {
    // --max-client-batch-size.
    limits: { documents: 32 },
    open:
      async (_, connection) =>
      async ({ query, documents, signal }) => {
        const answer = await post(connection, '/rerank', { query, texts: documents, truncate: false, raw_scores: false }, signal);
        return { ranking: rankingIn(listIn(answer.body), 'score'), used: used(answer) };
      },
  },
  embed: {
    limits: { documents: 32 },
    open:
      async (_, connection) =>
      async ({ texts, signal }) => {
        const answer = await post(connection, '/embed', { inputs: texts, truncate: false, normalize: true }, signal);
        return { vectors: listIn(answer.body), used: used(answer) };
      },
  },
};

function used({ headers }: Answer) {
  const tokens = headers.get('x-compute-tokens');
  return tokens === null ? {} : { tokens: count(Number(tokens)) ?? 0 };
}
