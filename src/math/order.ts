import { FinetoothError } from '../errors.ts';

/**
 * The one total order of this package: score descending, then id descending, as trec_eval sorts
 * (https://github.com/usnistgov/trec_eval, form_res_rels.c: `comp_sim_docno`). Ids compare by their UTF-8 bytes.
 */
export interface Scored {
  readonly id: string;
  readonly score: number;
}

/** A candidate of several rerankers that ran one after the other. */
export interface Staged extends Scored {
  /** Which of them gave the score, from 0; -1: none. Scores of two stages are not comparable. */
  readonly stage: number;
}

/**
 * Sorts best first.
 *
 * @example
 * import { byScore } from 'finetooth/rerankers';
 *
 * const hits = [{ id: 'a', score: 1 }, { id: 'c', score: 2 }, { id: 'b', score: 1 }];
 * console.log(hits.sort(byScore).map(({ id }) => id).join(' ')); // c b a
 */
export function byScore(a: Scored, b: Scored): number {
  try {
    return b.score - a.score || compareIds(b.id, a.id);
  } catch (cause) {
    throw new FinetoothError('E_USAGE', 'byScore compares two objects, each with a score and an id. Call it as hits.sort(byScore).', {
      cause,
    });
  }
}

/** Sorts best first: a later stage above an earlier one, then by score. What no stage scored keeps its place at the end. */
export function byStage(a: Staged, b: Staged): number {
  // Sorting is stable, so what is equal stays where it was.
  return b.stage - a.stage || (a.stage < 0 ? 0 : byScore(a, b));
}

/**
 * Negative when `a` comes before `b` in the order of UTF-8 bytes, which UTF-16 units keep except around surrogates.
 *
 * @example
 * import { compareIds } from 'finetooth/rerankers';
 *
 * console.log(['b', 'é', 'B'].sort(compareIds).join(' ')); // B b é
 */
export function compareIds(a: string, b: string): number {
  if (typeof a !== 'string' || typeof b !== 'string')
    throw new FinetoothError(
      'E_USAGE',
      `compareIds compares two texts; got a ${typeof (typeof a === 'string' ? b : a)}. Call it as ids.sort(compareIds).`,
    );
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
}
