import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import type { Vendor } from '../../src/hosted/vendor.ts';
import { knownModel } from '../../src/hosted/vendor-model.ts';
import { vendors } from '../../src/hosted/vendors/index.ts';
import { protocols } from './protocols/index.ts';
import { letterVector, sharedWords, startVendor, type VendorServer } from './server.ts';

const query = 'bats that find their way';
const texts = Array.from({ length: 30 }, (_, i) =>
  i === 17 ? 'bats find their way by echo' : `a text about subject ${i} that says little`,
);

it('covers every vendor', () => {
  expect(protocols.map(({ vendor }) => vendor).sort()).toEqual(vendors.map(({ name }) => name).sort());
});

describe.each(protocols)('$vendor, as in $source', ({ vendor, variables, rerank, embed }) => {
  const found = vendors.find(({ name }) => name === vendor) as Vendor;
  const known = knownModel(found, 'embed', embed?.model ?? '');
  const size = known.dimensions ?? 48;
  let server: VendorServer;
  const open = () => ({ variables: { ...variables(server.url), AWS_REGION: 'us-west-2' } });
  beforeAll(async () => {
    server = await startVendor(protocols.find((one) => one.vendor === vendor) as (typeof protocols)[number], size);
  });
  afterAll(() => server.close());

  if (rerank !== undefined)
    it('ranks', async () => {
      const reranker = hosted(`${vendor}:${rerank?.model}`, open());
      const { scores, usage, rankedBy } = await reranker.score(
        query,
        texts.map((text) => ({ text })),
      );
      expect(rankedBy).toBeUndefined();
      expect([...scores]).toEqual(texts.map((text) => Math.fround(sharedWords(query, text))));
      expect(usage).toMatchObject({ requests: 1 });
      expect(server.seen.at(-1)?.path).toBe(rerank?.path(rerank.model));
      // Every text gets a score, so nobody is asked for a part of the list.
      expect(JSON.stringify(server.seen.at(-1)?.body)).not.toMatch(/"top_[nk]"|numberOfResults/);
    });

  if (embed !== undefined)
    it('embeds, in the order of the texts, as many at once as it takes', async () => {
      const embedder = await hostedEmbedder(`${vendor}:${embed?.model}`, open());
      expect(embedder.dimensions).toBe(size);
      const before = server.seen.length;
      const many = Array.from({ length: 150 }, (_, i) => `text number ${i}`);
      const { data, dimensions, count, usage } = await embedder.embed(many, 'document');
      expect([dimensions, count]).toEqual([size, 150]);
      for (const row of [0, 1, 77, 149]) {
        const given = letterVector(many[row] as string, size);
        const length = Math.hypot(...given);
        expect(data[row * size]).toBeCloseTo((given[0] as number) / length, 5);
        expect([...data.subarray(row * size, (row + 1) * size)].reduce((sum, one) => sum + one * one, 0)).toBeCloseTo(1, 4);
      }
      const requests = server.seen.length - before;
      expect(usage).toMatchObject({ requests });
      const most = known.limits.documents ?? 150;
      expect(requests).toBe(Math.ceil(150 / most));
    });

  it('refuses a key that is none, without repeating it', async () => {
    const name = `${vendor}:${(rerank ?? embed)?.model}`;
    const options = { ...open(), apiKey: 'sk-wrong-and-secret', retries: 0 };
    const failing =
      rerank === undefined
        ? hostedEmbedder(name, { ...options, dimensions: size }).then((one) => one.embed(['bats'], 'query'))
        : hosted(name, options).score(query, [{ text: 'bats' }]);
    const error = await failing.then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; message: string; cause: unknown },
    );
    expect(error).toMatchObject({ code: 'E_KEY' });
    expect(`${error?.message} ${String(error?.cause)}`).not.toContain('sk-wrong');
  });
});
