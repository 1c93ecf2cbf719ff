import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import type { FinetoothError } from '../../src/errors.ts';
import type { Reranker } from '../../src/rerank/reranker.ts';
import { fallback } from '../../src/rerank/wrappers/fallback.ts';
import type { Protocol } from './protocol.ts';
import { jina } from './protocols/jina.ts';
import { tei } from './protocols/tei.ts';
import { together } from './protocols/together.ts';
import { faults, letterVector, sharedWords, startVendor, type VendorServer } from './server.ts';

const SIZE = 8;
const query = 'how do bats find their way';
const texts = Array.from({ length: 70 }, (_, i) => (i % 7 === 3 ? `bats ${i} find their way` : `text ${i} about something else`));
const whole = texts.map((text) => Math.fround(sharedWords(query, text)));
const standIn: Reranker = { fingerprint: 'stand-in', score: async (_, list) => ({ scores: new Float32Array(list.length).fill(-1) }) };

/** Slow ones only wait for deadlines, and a broken handshake is no matter of a single request. */
const quick = faults.filter((fault) => fault !== 'silence' && fault !== 'slow body' && fault !== 'TLS error');

/** Whatever goes wrong, request by request: all scores, or none and the reason; all vectors, or none and the reason. */
export const anyFaultsContract = (runs: number): void => {
  describe.each([together, jina, tei] as readonly Protocol[])(`${runs} plans of faults of $vendor`, (protocol) => {
    let server: VendorServer;
    beforeAll(async () => {
      server = await startVendor(protocol, SIZE);
    });
    afterAll(() => server.close());
    const options = () => ({
      variables: protocol.variables(server.url),
      deadlineMs: 400,
      retries: 2,
      circuitBreaker: { failures: 1000 },
      limits: { documents: 20 },
    });
    const plans = fc.array(fc.option(fc.constantFrom(...quick), { nil: undefined, freq: 3 }), { minLength: 1, maxLength: 12 });

    it('rank the whole list, or let the next one do it and say why', async () => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          server.plan = (request) => plan[request % plan.length];
          const chain = fallback([hosted(`${protocol.vendor}:${protocol.rerank?.model}`, options()), standIn]);
          const started = performance.now();
          const { scores, rankedBy, failures } = await chain.score(
            query,
            texts.map((text) => ({ text })),
          );
          expect(performance.now() - started).toBeLessThan(1500);
          if (rankedBy === 'stand-in') {
            expect([...scores].every((score) => score === -1)).toBe(true);
            expect(failures?.[0]?.code).toMatch(/^E_(VENDOR_|KEY|DEADLINE)/);
          } else {
            expect([...scores]).toEqual(whole);
            expect(failures).toBeUndefined();
          }
        }),
        { numRuns: runs, seed: 20 },
      );
    }, 600_000);

    it('embed all texts, or none and say why', async () => {
      const embedder = await hostedEmbedder(`${protocol.vendor}:${protocol.embed?.model}`, { ...options(), dimensions: SIZE });
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          server.plan = (request) => plan[request % plan.length];
          const outcome = await embedder.embed(texts, 'document').catch((error: unknown) => error);
          if (outcome instanceof Error) {
            expect((outcome as FinetoothError).code).toMatch(/^E_(VENDOR_|KEY|DEADLINE)/);
            return;
          }
          const { data } = outcome as { readonly data: Float32Array };
          for (const row of [0, 19, 20, 69]) {
            const given = letterVector(texts[row] as string, SIZE);
            expect(data[row * SIZE]).toBeCloseTo((given[0] as number) / Math.hypot(...given), 5);
          }
        }),
        { numRuns: runs, seed: 21 },
      );
    }, 600_000);
  });
};
