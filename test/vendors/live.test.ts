/** One tiny call to each vendor that there is a key for. */
import { describe, expect, it } from 'vitest';
import { hosted, hostedEmbedder } from '../../src/assemble/hosted.ts';
import { keyOf } from '../../src/hosted/connection.ts';
import { vendors } from '../../src/hosted/vendors/index.ts';

describe('live', () => {
  for (const vendor of vendors) {
    // What runs on a machine of one's own is asked where its address is given.
    const missing =
      vendor.keyless === true
        ? process.env[vendor.baseVariable] === undefined && vendor.baseVariable
        : keyOf(vendor, process.env) === undefined && vendor.keyVariables[0];
    const ranks = vendor.models.find(({ task }) => task === 'rerank')?.name;
    const embeds = vendor.models.find(({ task }) => task === 'embed')?.name;
    const what = missing || (ranks === undefined && embeds === undefined && `a model of ${vendor.name}`);
    it.skipIf(Boolean(what))(what ? `${vendor.name}: there is no ${what} here` : vendor.name, async () => {
      if (ranks !== undefined) {
        const { scores, usage } = await hosted(`${vendor.name}:${ranks}`).score('how do bats find their way', [
          { text: 'Wheat rose.' },
          { text: 'Bats hunt by echo.' },
        ]);
        expect((scores[1] as number) > (scores[0] as number)).toBe(true);
        expect(usage?.requests).toBeGreaterThan(0);
      }
      if (embeds !== undefined) {
        const embedder = await hostedEmbedder(`${vendor.name}:${embeds}`);
        expect((await embedder.embed(['bats'], 'query')).data).toHaveLength(embedder.dimensions);
      }
    });
  }
});
