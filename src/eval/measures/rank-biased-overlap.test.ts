import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { rankBiasedOverlap } from './rank-biased-overlap.ts';

/** PyPI's rbo 0.1.3 under Python 3.11: `rbo.RankingSimilarity(list(a), list(b)).rbo_ext(p)`; each letter is a document. */
const goldens = [
  ['abcdefg', 'abcdefg', 0.9, 1.0],
  ['abc', 'def', 0.9, 0.0],
  ['abcdefg', 'gfedcba', 0.9, 0.6382395000000001],
  ['a', 'a', 0.9, 1.0],
  ['ab', 'ba', 0.9, 0.9],
  ['abc', 'abcdefg', 0.9, 1.0],
  ['gabc', 'abcdefg', 0.9, 0.7216701428571428],
  ['abcd', 'wxyzabcd', 0.9, 0.2947294928571429],
  ['abcdefg', 'hcd', 0.5, 0.11004464285714284],
  ['ixlwuqaohbfvprdgzsyt', 'gnifmwceosqayrdltjpxbhuv', 0.9, 0.36380115621520115],
  ['gmjalnfeicksuxywvtbqzrd', 'kfpxybialmstqgvnjwhorue', 0.5, 0.00400575305722404],
  ['yhol', 'lqiodszjbncvfxuyp', 0.98, 0.5140955478837477],
  ['iwrcjkvfyet', 'fxbctrmyhliukgwa', 0.9, 0.3417418817866141],
  ['bpkgesvndfuqcawtyhjxr', 'wxkpijzmedsnvcyh', 0.5, 0.09535701863460899],
  ['fcpiqrvlysb', 'jlrwvipuzkfxnahsetodcyqbg', 0.98, 0.6255042329287687],
  ['lxnzfowkqevdyphrbgcsi', 'vnjtruiagfoxkcdym', 0.9, 0.28555786222733875],
  ['wbphfyedkvxsiagzqlutr', 'wlaymind', 0.5, 0.6989380298576174],
  ['', '', 0.9, 1],
  ['', 'abc', 0.9, 0],
] as const;

describe('rank-biased overlap', () => {
  it.each(goldens)('of %s and %s, p %s, is that of rbo', (one, other, p, expected) => {
    expect(rankBiasedOverlap([...one], [...other], p)).toBeCloseTo(expected, 12);
    expect(rankBiasedOverlap([...other], [...one], p)).toBeCloseTo(expected, 12);
  });

  it('lies between 0 and 1, is 1 of equal lists, and falls with a change the more, the higher it stands', () => {
    const { below } = randomFrom(3);
    for (let round = 0; round < 200; round++) {
      const list = Array.from({ length: 2 + below(60) }, (_, at) => `d${at}`);
      const at = below(list.length - 1);
      const swapped = (place: number) =>
        list.map((id, i) => (i === place ? (list[place + 1] as string) : i === place + 1 ? (list[place] as string) : id));
      const found = rankBiasedOverlap(list, swapped(at));
      expect(found).toBeLessThan(1);
      expect(found).toBeGreaterThan(0);
      expect(rankBiasedOverlap(list, list)).toBeCloseTo(1, 12);
      if (at > 0) expect(rankBiasedOverlap(list, swapped(0))).toBeLessThan(found);
    }
  });
});
