/** Xinference: what its clients ask before they rank or embed in the words of /v1/rerank and OpenAI (xinference-client 4.1, restful_client.py). */
import { z } from 'zod';
import { vendorStatusOf } from '../problem.ts';
import type { Dialect } from './dialect.ts';

export const xinference: Dialect = {
  name: 'Xinference',
  prefix: '/xinference',
  endpoints: [],
  reads: [
    {
      paths: ['/v1/cluster/auth'],
      about: 'Whether a key is needed, in the words of Xinference.',
      tag: 'Xinference',
      open: true,
      tell: ({ keyed }) => ({ auth: keyed }),
    },
  ],
  fail: (problem) => ({ status: vendorStatusOf(problem), body: { detail: problem.message } }),
  failure: z.object({ detail: z.string() }),
};
