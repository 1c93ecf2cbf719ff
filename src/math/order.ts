/**
 * The one total order of this package: score descending, then id descending, as trec_eval sorts
 * (https://github.com/usnistgov/trec_eval, form_res_rels.c: `comp_sim_docno`). Ids compare by their UTF-8 bytes.
 */
export interface Scored {
  readonly id: string;
  readonly score: number;
}

/** Negative when `a` comes before `b` in the order of UTF-8 bytes, which UTF-16 units keep except around surrogates. */
export const compareIds = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above U+FFFF: lift them over U+E000 to U+FFFF.
    if (x >= 0xd800 && y >= 0xd800) {
      x += x < 0xe000 ? 0x2000 : -0x800;
      y += y < 0xe000 ? 0x2000 : -0x800;
    }
    return x - y;
  }
  return a.length - b.length;
};

/** Sorts best first. */
export const byScore = (a: Scored, b: Scored): number => b.score - a.score || compareIds(b.id, a.id);
