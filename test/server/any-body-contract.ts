import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects, rerankPath } from '../../src/server/dialects/index.ts';
import { failureStatuses } from '../../src/server/openapi.ts';
import { anyBody, faultOf } from './any-body.ts';
import { ask, fakeApp } from './fake.ts';

/** Any JSON body gets a documented status and a body of that dialect, never 500. */
export const anyBodyContract = (bodies: number): void => {
  describe(`${bodies} bodies a dialect`, () => {
    let app: FastifyInstance;
    beforeAll(async () => {
      app = await fakeApp();
    });
    afterAll(() => app.close());

    it.each(dialects.map((dialect) => [`${dialect.name} at ${dialect.prefix || '/'}`, dialect] as const))('%s', async (_, dialect) => {
      const statuses = failureStatuses(dialect);
      const runs = Math.ceil(bodies / dialect.endpoints.length);
      const seen = new Set<number>();
      for (const endpoint of dialect.endpoints) {
        await fc.assert(
          fc.asyncProperty(anyBody(endpoint), async (body) => {
            const answer = await ask(app, `${dialect.prefix}${endpoint.path}`, body);
            seen.add(answer.status);
            expect(faultOf(dialect, endpoint, statuses, answer)).toBeUndefined();
          }),
          { numRuns: runs, seed: 20 },
        );
      }
      // A generator that never makes a good body would prove little.
      expect(seen).toContain(200);
      expect(seen.size).toBeGreaterThan(1);
    });

    it('TEI and vLLM at /rerank, told apart by the body', async () => {
      for (const dialect of [rerankPath.texts, rerankPath.documents]) {
        const endpoint = dialect.endpoints.find(({ path }) => path === rerankPath.path) as (typeof dialect.endpoints)[number];
        await fc.assert(
          fc.asyncProperty(anyBody(endpoint), async (body) => {
            const isTei = typeof body === 'object' && body !== null && 'texts' in body;
            const spoken = isTei ? rerankPath.texts : rerankPath.documents;
            const spokenEndpoint = spoken.endpoints.find(({ path }) => path === rerankPath.path) as typeof endpoint;
            const answer = await ask(app, rerankPath.path, body);
            expect(faultOf(spoken, spokenEndpoint, failureStatuses(spoken), answer)).toBeUndefined();
          }),
          { numRuns: bodies / 2, seed: 20 },
        );
      }
    });
  });
};
