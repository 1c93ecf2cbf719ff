/** ZeroEntropy: POST /models/rerank and /models/embed (zeroentropy 0.1.0-alpha.10). */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, post, rankingIn } from '../wire.ts';

export const zeroentropy: Vendor = {
  name: 'zeroentropy',
  title: 'ZeroEntropy',
  keyVariables: ['ZEROENTROPY_API_KEY'],
  baseVariable: 'ZEROENTROPY_BASE_URL',
  baseURL: 'https://api.zeroentropy.dev/v1',
  rerank: {
    models: ['zerank-1-small', 'zerank-2', 'zerank-1'],
    limits: () => ({ documents: 1000, bytes: 2_000_000, perMinute: 1000 }),
    open:
      async (model, link) =>
      async ({ query, documents, signal }) => {
        const { body } = await post(link, '/models/rerank', { model, query, documents }, signal);
        const tokens = count(field(body, 'total_tokens'));
        return { ranking: rankingIn(listIn(body, 'results'), 'relevance_score'), used: { tokens } };
      },
  },
  embed: {
    models: ['zembed-1'],
    limits: () => ({ documents: 256, bytes: 2_000_000, perMinute: 1000 }),
    dimensions: (model) => (model === 'zembed-1' ? 2560 : undefined),
    open:
      async (model, link) =>
      async ({ texts, role, signal }) => {
        const { body } = await post(link, '/models/embed', { model, input: texts, input_type: role, encoding_format: 'float' }, signal);
        const tokens = count(field(field(body, 'usage'), 'total_tokens'));
        return { vectors: listIn(body, 'results').map((row) => field(row, 'embedding')), used: { tokens } };
      },
  },
};
