/** ZeroEntropy: POST /models/rerank and /models/embed (zeroentropy 0.1.0-alpha.10). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, post, rankingIn } from '../wire.ts';

const listed = { source: 'zeroentropy 0.1.0-alpha.10', date: '2026-11' };
const price = { tokens: 0.025, source: 'docs.mem0.ai, rerankers', seen: '2026-11-23' };

export const zeroentropy: Vendor = {
  name: 'zeroentropy',
  title: 'ZeroEntropy',
  keyVariables: ['ZEROENTROPY_API_KEY'],
  baseVariable: 'ZEROENTROPY_BASE_URL',
  baseURL: 'https://api.zeroentropy.dev/v1',
  models: [
    { ...listed, name: 'zerank-1-small', task: 'rerank', price },
    { ...listed, name: 'zerank-2', task: 'rerank' },
    { ...listed, name: 'zerank-1', task: 'rerank', price },
    { ...listed, name: 'zembed-1', task: 'embed', dimensions: 2560 },
  ],
  families: { rerank: ['zerank-'], embed: ['zembed-'] },
  rerank: {
    limits: { documents: 1000, bytes: 2_000_000, requestsPerMinute: 1000 },
    open:
      async (model, connection) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(connection, '/models/rerank', { model, query, documents }, signal);
        const tokens = count(field(body, 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'results'), 'relevance_score'), used: { tokens } };
      },
  },
  embed: {
    limits: { documents: 256, bytes: 2_000_000, requestsPerMinute: 1000 },
    open:
      async (model, connection) =>
      async ({ texts, role, signal }) => {
        const { body } = await post(
          connection,
          '/models/embed',
          { model, input: texts, input_type: role, encoding_format: 'float' },
          signal,
        );
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { vectors: listIn(body, 'results').map((row) => field(row, 'embedding')), used: { tokens } };
      },
  },
};
