import { describe, expect, it } from 'vitest';
import { type Random, randomFrom } from '../../math/random.ts';
import { nearDocuments } from './near-documents.ts';
import { shingler } from './shingles.ts';

const found = (texts: readonly string[]) => {
  const documents = nearDocuments();
  const shinglesOf = shingler();
  for (const text of texts) documents.add(shinglesOf(text));
  return documents;
};
const wordsFrom = (random: Random, length: number): string[] => Array.from({ length }, () => `w${random.below(5000)}`);
const jaccard = (a: string, b: string): number => {
  const shinglesIn = (text: string): Set<string> => {
    const words = text.split(' ');
    return new Set(words.slice(4).map((_, i) => words.slice(i, i + 5).join(' ')));
  };
  const [x, y] = [shinglesIn(a), shinglesIn(b)];
  return x.intersection(y).size / x.union(y).size;
};

describe('nearDocuments', () => {
  it('misses no document that is the same, whatever its length', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = randomFrom(seed);
      const texts = Array.from({ length: 150 }, () => wordsFrom(random, random.below(40)).join(' '));
      for (let i = 0; i < 80; i++) texts[random.below(150)] = texts[random.below(150)] as string;
      const documents = found(texts);
      const groupOf = new Map(documents.groups().flatMap((group, which) => group.map((at) => [at, which] as const)));
      for (let i = 0; i < 150; i++)
        for (let j = 0; j < i; j++) {
          const equal = texts[i] === texts[j] && texts[i] !== '';
          if (equal) expect(groupOf.get(i)).toBe(groupOf.get(j) ?? -1);
          expect(documents.equal(i, j)).toBe(texts[i] === texts[j]);
        }
    }
  });

  it('finds all pairs of a similarity of 0.95 and more and none below 0.8, as comparing every pair does', () => {
    const random = randomFrom(11);
    const texts: string[] = [];
    for (let original = 0; original < 60; original++) {
      const words = wordsFrom(random, 200);
      texts.push(words.join(' '));
      // Each word that is changed takes five of 196 shingles: similarities of about 0.95, 0.9, 0.86, 0.81, 0.77 …
      for (let copy = 0; copy < 4; copy++) {
        const changed = [...words];
        for (let i = random.below(12); i >= 0; i--) changed[random.below(200)] = `x${random.below(1e6)}`;
        texts.push(changed.join(' '));
      }
      // One more word at the end.
      texts.push([...words, 'end'].join(' '));
    }
    const documents = found(texts);
    const groupOf = new Map(documents.groups().flatMap((group, which) => group.map((at) => [at, which] as const)));
    const met = { high: 0, low: 0 };
    for (let i = 0; i < texts.length; i++)
      for (let j = i - (i % 6); j < i; j++) {
        const similarity = jaccard(texts[i] as string, texts[j] as string);
        if (similarity >= 0.95) {
          met.high++;
          expect(documents.near(i, j)).toBe(true);
          expect(groupOf.get(i)).toBe(groupOf.get(j) ?? -1);
        }
        if (similarity < 0.8) {
          met.low++;
          expect(documents.near(i, j)).toBe(false);
        }
      }
    expect(met.high).toBeGreaterThan(60);
    expect(met.low).toBeGreaterThan(200);
    // Those of other originals have nothing in common.
    for (const group of documents.groups()) expect(new Set(group.map((at) => Math.floor(at / 6))).size).toBe(1);
  });

  it('compares documents of fewer than ten words for equality alone, and none without words', () => {
    const nine = 'a b c d e f g h i';
    const documents = found([nine, `${nine} j`, nine, 'b', '', '', '!']);
    expect(documents.groups()).toEqual([[0, 2]]);
    expect(documents.near(0, 1)).toBe(false);
  });

  it('tells the order of words apart, and a word twice from once', () => {
    expect(found(['a b', 'b a', 'a b b', 'a']).groups()).toEqual([]);
  });

  it('finds a neighbour beside a thousand copies, and goes on beyond one block of memory', () => {
    const random = randomFrom(2);
    const text = wordsFrom(random, 300).join(' ');
    const texts = Array.from({ length: 5000 }, (_, i) => (i % 5 === 0 ? text : wordsFrom(random, 12).join(' ')));
    texts.push(`${text} more`);
    const documents = found(texts);
    const [group] = documents.groups();
    expect(group).toHaveLength(1001);
    expect(group?.at(-1)).toBe(5000);
  });
});
