import { FinetoothError } from '../errors.ts';
import type { Scores } from './reranker.ts';

/**
 * Holds what a reranker gave against its promises: one finite score a candidate, and of what else it gives one value a candidate.
 *
 * @throws E_CONTRACT for the first promise that was broken
 */
export function checkScores(given: Scores, count: number, fingerprint: string): void {
  const broken = (what: string): FinetoothError =>
    new FinetoothError(
      'E_CONTRACT',
      `the reranker "${fingerprint}" broke its contract: ${what}. Mend the part that was passed in; if no one passed it in, it is a mistake of finetooth.`,
    );
  const scores: unknown = (given as Partial<Scores> | undefined)?.scores;
  if (!(scores instanceof Float32Array)) throw broken(`asked for ${count} scores, it gave ${kindOf(scores)}; "scores" is a Float32Array`);
  if (scores.length !== count) throw broken(`asked for ${count} scores, it gave ${scores.length}`);
  const mayBeNone = given.complete === false || given.stages !== undefined;
  const at = scores.findIndex((score) => !Number.isFinite(score) && !(mayBeNone && Number.isNaN(score)));
  if (at >= 0) throw broken(`score ${at} is ${scores[at]}, which is not finite`);
  const { relevance, stages = [], truncatedTokens, omittedCharacters, queryTruncatedTokens, spans } = given;
  const lists = { relevance, truncatedTokens, omittedCharacters, queryTruncatedTokens, spans };
  for (const [name, list] of [...Object.entries(lists), ...stages.map((stage) => ['stages', stage.scores] as const)])
    if (list !== undefined && list.length !== count) throw broken(`asked for ${count} scores, it gave ${list.length} of "${name}"`);
  const stated = relevance?.findIndex((value, i) => !(value >= 0 && value <= 1) && !Number.isNaN(scores[i])) ?? -1;
  if (stated >= 0) throw broken(`relevance ${stated} is ${relevance?.[stated]}, which is not a probability from 0 to 1`);
}

function kindOf(value: unknown): string {
  return value === undefined ? 'none' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
