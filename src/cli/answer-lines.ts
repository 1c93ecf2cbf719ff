import type { SearchAnswer } from '../search/answer.ts';
import type { RankedResult, SearchResult } from '../search/results.ts';
import { counted, duration } from '../wording/numbers.ts';
import { harmless } from '../wording/terminal-text.ts';
import { valueText } from './text.ts';

/** What people are told when the deadline came first. */
export const incomplete =
  'Time was up: this is the best order so far. Results below those that were reranked stand as the stage before ranked them.';

/** What stands below the results of a search: how many there were, who ranked, and how long it took. */
export function answerLines(answer: SearchAnswer): string {
  const { candidates, results, rankedBy, complete, cut } = answer;
  const isUnranked = rankedBy === null || rankedBy === 'first-stage';
  const who = isUnranked ? '' : ` Reranked by "${harmless(rankedBy as string)}".`;
  const lines = [`${counted(candidates.length, 'candidate')}, ${results.length} shown.${who}`, `Time: ${timingsLine(answer)}.`];
  if (!complete && !isUnranked) lines.push(incomplete);
  if (cut > 0) lines.push(`${cut} of the candidates were longer than the model's window; their ends were not read.`);
  return `${lines.join('\n')}\n`;
}

/** What stands behind a result without a place of its own. */
export function besideIt(result: RankedResult | SearchResult): readonly string[] {
  const { collapsed } = result;
  const group = 'group' in result ? result.group : undefined;
  return [
    ...(collapsed === undefined ? [] : [`+${collapsed} alike`]),
    ...(group === undefined || group.candidates === 1 ? [] : [`best of ${group.candidates} by ${valueText(group.value)}`]),
  ];
}

export const scoreText = (score: number): string => (Math.abs(score) < 10 ? score.toFixed(4) : score.toFixed(2));

const timingsLine = ({ timings }: SearchAnswer): string =>
  (['embed', 'retrieve', 'rerank', 'total'] as const).map((stage) => `${stage} ${duration(timings[stage])}`).join(', ');
