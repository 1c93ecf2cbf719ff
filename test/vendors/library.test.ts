import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosted } from '../../src/hosted.ts';
import { createReranker, openIndex, search, searchOptionsOf } from '../../src/index.ts';
import { parsePipelines } from '../../src/plan.ts';
import { cached, fallback } from '../../src/rerankers.ts';
import { memoryStore } from '../../src/stores.ts';
import { workFolder } from '../finetooth.ts';
import { cohere } from './protocols/cohere.ts';
import { startVendor, type VendorServer } from './server.ts';

const texts = ['Wheat rose by a tenth.', 'Bats hunt by echo.', 'The harbour froze.'];
const query = 'how do bats find their way';

describe('hosted models in the library', () => {
  let server: VendorServer;
  beforeAll(async () => {
    server = await startVendor(cohere, 384);
  });
  afterAll(() => server.close());
  const variables = () => cohere.variables(server.url);

  const open = async (more: object = {}) => {
    const models = { hosted: { variables: variables(), deadlineMs: 2000 } };
    const index = await openIndex(memoryStore(), {
      create: { fields: ['text'] },
      embedder: 'cohere:embed-english-light-v3.0',
      models,
      ...more,
    });
    await index.add(texts.map((text) => ({ text })));
    return index;
  };

  it('a vendor with this machine behind it, kept in a folder that processes share', async () => {
    await using index = await open();
    const at = join(workFolder(), 'scores');
    const make = () =>
      cached(fallback([hosted('cohere:rerank-v4.0-fast', { deadlineMs: 4000, variables: variables() }), createReranker()]), { at });
    const reranker = make();
    const first = await search(index, query, { reranker, documents: true });
    expect(first.results[0]?.document?.text).toBe(texts[1]);
    expect(first.rankedBy).toBe('cohere:rerank-v4.0-fast');
    await reranker.close?.();
    const before = server.seen.length;
    const again = make();
    const second = await search(index, query, { reranker: again });
    expect(second.results.map(({ relevanceScore }) => relevanceScore)).toEqual(first.results.map(({ relevanceScore }) => relevanceScore));
    // Only the query's vector was asked for.
    expect(server.seen.length - before).toBe(1);
    server.fault = '500';
    const other = await search(index, 'wheat and bread', { reranker: again, firstStage: 'bm25', documents: true });
    server.fault = undefined;
    expect(other.passedOver?.[0]).toMatchObject({ code: 'E_VENDOR_DOWN' });
    expect(other).toMatchObject({ rankedBy: 'default', fingerprint: expect.stringContaining('late-interaction') });
    expect(other.calibrated).toBe(true);
    expect(other.results[0]?.document?.text).toBe(texts[0]);
    await again.close?.();
  });

  it('an index with a fallback, and one without mercy', async () => {
    await using lenient = await open({ reranker: 'voyage:rerank-2.5', fallback: ['first-stage'] });
    const answer = await search(lenient, query);
    expect(answer).toMatchObject({ rankedBy: 'first-stage', complete: false, passedOver: [{ code: 'E_KEY' }] });
    expect(answer.results).toHaveLength(3);
    await using strict = await open({ reranker: 'voyage:rerank-2.5', fallback: ['first-stage'], strict: true });
    await expect(search(strict, query)).rejects.toMatchObject({ code: 'E_KEY' });
    // By default an index of hosted vectors reranks on this machine.
    await using plain = await open();
    expect(await search(plain, query)).toMatchObject({
      rankedBy: 'default',
      fingerprint: expect.stringMatching(/^cascade\(late-interaction/),
    });
  });

  it('gives a search no more time for its query vector than it has', async () => {
    await using index = await open();
    server.fault = 'silence';
    // A vendor's own time is 30 seconds.
    const late = { code: 'E_DEADLINE', message: expect.not.stringMatching(/within \d\d.* s/) as string };
    await expect(search(index, query, { deadlineMs: 100 })).rejects.toMatchObject(late);
    // Words need no vector.
    const words = await search(index, query, {
      firstStage: 'bm25',
      reranker: hosted('cohere:rerank-v3.5', { variables: variables() }),
      deadlineMs: 100,
    });
    expect(words).toMatchObject({ complete: false });
    expect(words.results.length).toBeGreaterThan(0);
    server.fault = undefined;
  });

  it('a pipeline as data', async () => {
    await using index = await open();
    const [pipeline] = parsePipelines(
      { name: 'p', reranker: ['local', 'cohere:rerank-v3.5'], fallback: 'late-interaction', candidates: 3 },
      'here',
    );
    const answer = await search(index, query, {
      ...(await searchOptionsOf(pipeline as NonNullable<typeof pipeline>, index)),
      documents: true,
    });
    expect(answer.rankedBy).toBe('local > cohere:rerank-v3.5');
    for (const [wrong, sentence] of [
      [{ reranker: null, fallback: ['local'] }, '"fallback" is for a reranker'],
      [{ strict: true }, '"strict" forbids fallbacks, and there is none'],
      [{ fallback: 'local', strict: 'yes' }, '"strict" is true or false'],
      [{ embedder: 7 }, '"embedder" is a text; got 7'],
    ] as const)
      expect(() => parsePipelines({ name: 'p', ...wrong }, 'here')).toThrow(sentence);
  });
});
