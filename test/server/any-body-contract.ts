import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchOf } from '../../src/server/app.ts';
import { dialects, forks } from '../../src/server/dialects/index.ts';
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

    it.each(
      dialects
        .filter(({ endpoints }) => endpoints.length > 0)
        .map((dialect) => [`${dialect.name} at ${dialect.prefix || '/'}`, dialect] as const),
    )('%s', async (_, dialect) => {
      const statuses = failureStatuses(dialect);
      const runs = Math.ceil(bodies / dialect.endpoints.length);
      const seen = new Set<number>();
      for (const endpoint of dialect.endpoints) {
        await fc.assert(
          fc.asyncProperty(anyBody(endpoint), async (body) => {
            const answer = await ask(
              app,
              `${dialect.prefix}${endpoint.path.replace(':vendor', 'nvidia').replace(':model', 'default')}`,
              body,
            );
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

    it.each(forks.map((fork) => [fork.path, fork] as const))('%s, where the body says which', async (path, fork) => {
      for (const { endpoint } of fork.branches) {
        await fc.assert(
          fc.asyncProperty(anyBody(endpoint), async (body) => {
            const spoken = branchOf(fork, { body, headers: {} });
            const answer = await ask(app, path, body);
            expect(faultOf(spoken.dialect, spoken.endpoint, failureStatuses(spoken.dialect), answer)).toBeUndefined();
          }),
          { numRuns: Math.ceil(bodies / fork.branches.length), seed: 20 },
        );
      }
    });
  });
};
