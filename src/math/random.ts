/**
 * xoshiro128** (Blackman and Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c), its state filled from the seed by splitmix32
 * (https://github.com/bryc/code/blob/master/jshash/PRNGs.md#splitmix32): the same numbers for a seed on every machine.
 */
export interface Random {
  /** 0 to 4,294,967,295. */
  word(): number;
  /** 0 to `count` - 1, every number as likely as the others. `count` is 1 to 4,294,967,295. */
  below(count: number): number;
}

export function randomFrom(seed: number): Random {
  let filling = seed >>> 0;
  const fill = (): number => {
    filling = (filling + 0x9e3779b9) | 0;
    let mixed = filling ^ (filling >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  const word = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  return {
    word,
    below: (count) => {
      // Words above the last whole multiple would favour small numbers: they are drawn again.
      const limit = 0x1_0000_0000 - (0x1_0000_0000 % count);
      let drawn = word();
      while (drawn >= limit) drawn = word();
      return drawn % count;
    },
  };
}
