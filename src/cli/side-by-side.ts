import type { SearchAnswer } from '../search/answer.ts';
import type { SearchResult } from '../search/results.ts';
import type { Document } from '../types.ts';
import { counted, duration } from '../wording/numbers.ts';
import { rerankerName } from '../wording/reranker-name.ts';
import { fitted, harmless } from '../wording/terminal-text.ts';
import { labelOf, valueText } from './text.ts';

/** What people are told when the deadline came first. */
export const incomplete =
  'Time was up: this is the best order so far. Results below those that were reranked stand as the stage before ranked them.';

/** Two lists beside each other, candidates and reranked, with scores and what moved, and the time of each stage. */
export function sideBySide(answer: SearchAnswer, columns: number): string {
  const { results, candidates } = answer;
  if (candidates.length === 0 && results.length === 0) return `nothing found for "${harmless(answer.query)}"\n`;
  const rows = Math.max(results.length, Math.min(candidates.length, results.length));
  const label = Math.max(12, Math.min(44, Math.floor((Math.min(columns, 140) - 46) / 2)));
  const isUnranked = answer.rankedBy === null || answer.rankedBy === 'first-stage';
  const heading = `  #  ${fitted(`first stage: ${answer.firstStage}`, label)}   score │  #  ${fitted(isUnranked ? 'not reranked' : 'reranked', label)}   score  moved`;
  const lines = [heading, `${'─'.repeat(label + 14)}┼${'─'.repeat(label + 30)}`];
  const offset = (results[0]?.rank ?? 1) - 1;
  for (let row = 0; row < rows; row++) {
    const hit = candidates[offset + row];
    const result = results[row];
    const left =
      hit === undefined
        ? ' '.repeat(label + 13)
        : `${String(offset + row + 1).padStart(3)}  ${fitted(labelOf(hit.id, hit.document), label)} ${scoreText(hit.score).padStart(7)}`;
    const right =
      result === undefined
        ? ''
        : `${String(result.rank).padStart(3)}  ${fitted(labelOf(result.id, result.document ?? (candidates[result.index]?.document as Document)), label)} ${scoreText(result.relevanceScore).padStart(7)}  ${moved(result.firstStageRank, result.rank)}${besideIt(result)}`;
    lines.push(`${left} │${right}`.trimEnd());
  }
  const who = isUnranked ? '' : ` Reranked by ${rerankerName(answer.rankedBy as string)}.`;
  lines.push('', `${counted(candidates.length, 'candidate')}, ${results.length} shown.${who}`, `Time: ${timingsLine(answer)}.`);
  if (!answer.complete && !isUnranked) lines.push(incomplete);
  if (answer.cut > 0) lines.push(`${answer.cut} of the candidates were longer than the model's window; their ends were not read.`);
  return `${lines.join('\n')}\n`;
}

/** What stands behind a result without a place of its own. */
function besideIt({ duplicates, group }: SearchResult): string {
  const parts = [
    ...(duplicates === undefined ? [] : [`stands for ${duplicates.length} more`]),
    ...(group === undefined || group.candidates === 1 ? [] : [`best of ${group.candidates} by ${harmless(valueText(group.value))}`]),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

const moved = (from: number, to: number): string =>
  from === to ? '=' : from > to ? `up ${from - to}, was ${from}` : `down ${to - from}, was ${from}`;

const scoreText = (score: number): string => (Math.abs(score) < 10 ? score.toFixed(4) : score.toFixed(2));

const timingsLine = ({ timings }: SearchAnswer): string =>
  (['embed', 'retrieve', 'rerank', 'total'] as const).map((stage) => `${stage} ${duration(timings[stage])}`).join(', ');
