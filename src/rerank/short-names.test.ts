import { describe, expect, it } from 'vitest';
import { FinetoothError } from '../errors.ts';
import { rankCandidates } from '../search/rank.ts';
import type { Reranker } from './reranker.ts';
import { named, shortNames } from './short-names.ts';
import { cached } from './wrappers/cached.ts';
import { cascade } from './wrappers/cascade.ts';
import { fallback } from './wrappers/fallback.ts';
import { lazyReranker } from './wrappers/lazy.ts';

const lengths = (fingerprint: string): Reranker => ({
  fingerprint,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
});
const broken: Reranker = {
  ...lengths('vendor:model in parts (a+b)'),
  score: () => Promise.reject(new FinetoothError('E_VENDOR_DOWN', 'it is down')),
};
const late = (): Reranker => named('late-interaction', lengths('late-interaction-1(bge@int8:68:22)'));
const cross = (): Reranker => named('ms-marco', lengths('cross-encoder-1(ms-marco@int8:4c:5b)'));
const usual = (): Reranker => named('default', cascade([late(), cross()]));
const candidates = ['one', 'three'].map((text, i) => ({ id: `${i}`, document: { text } }));
const rank = (reranker: Reranker | readonly Reranker[], list = candidates) => rankCandidates(reranker, 'q', list, undefined);

describe('the name by which a reranker was asked for', () => {
  it.each<readonly [string, () => Reranker | readonly Reranker[], string, string]>([
    ['of one', late, 'late-interaction', 'late-interaction-1(bge@int8:68:22)'],
    ['of a cascade with a name', usual, 'default', usual().fingerprint],
    ['of one without a name, its fingerprint', () => lengths('own@1'), 'own@1', 'own@1'],
    [
      'of a cascade of names',
      () => cascade([usual(), lengths('own@1')]),
      'default > own@1',
      cascade([usual(), lengths('own@1')]).fingerprint,
    ],
    ['of several', () => [usual(), cross()], 'default > ms-marco', `${usual().fingerprint} > ${cross().fingerprint}`],
    ['of who ranked in place of another', () => fallback([named('vendor:model', broken), usual()]), 'default', usual().fingerprint],
    ['behind a cache', () => cached(usual()), 'default', usual().fingerprint],
    [
      'of one that is opened on first use, whose fingerprint is known then',
      () => lazyReranker('default@0.1.0', async () => usual(), 'default'),
      'default',
      usual().fingerprint,
    ],
    [
      'of a cascade whose first stage is opened on first use',
      () => cascade([lazyReranker('default@0.1.0', async () => usual(), 'default'), cross()]),
      'default > ms-marco',
      `${usual().fingerprint} > ${cross().fingerprint}`,
    ],
  ])('%s', async (_, reranker, name, fingerprint) => {
    expect((await rank(reranker())).by).toEqual({ name, fingerprint });
    expect((await rank(reranker(), [])).by).toMatchObject({ name: expect.any(String), fingerprint: expect.any(String) });
  });

  it('is that of each stage, and of who was passed over', async () => {
    expect((await rank(usual())).stages.map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
      ['late-interaction', late().fingerprint],
      ['ms-marco', cross().fingerprint],
    ]);
    expect((await rank(fallback([named('vendor:model', broken), usual()]))).passedOver).toMatchObject([
      { reranker: 'vendor:model', fingerprint: broken.fingerprint },
    ]);
  });

  it('changes no fingerprint', () => {
    expect(named('short', late()).fingerprint).toBe(late().fingerprint);
    expect(shortNames([])('a(b) > c')).toBe('a(b) > c');
  });
});
