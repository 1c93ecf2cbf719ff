import type { SearchAnswer } from '../search/answer.ts';
import type { Document } from '../types.ts';
import { fitted } from '../wording/terminal-text.ts';
import { answerLines, besideIt, scoreText } from './answer-lines.ts';
import { labelOf } from './text.ts';

/** Two lists beside each other, candidates and reranked, with scores and what moved, and the time of each stage. */
export function sideBySide(answer: SearchAnswer, columns: number): string {
  const { results, candidates } = answer;
  if (candidates.length === 0 && results.length === 0) return `nothing found for "${answer.query}"\n`;
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
        : `${String(result.rank).padStart(3)}  ${fitted(labelOf(result.id, result.document ?? (candidates[result.index]?.document as Document)), label)} ${scoreText(result.relevanceScore).padStart(7)}  ${[moved(result.firstStageRank, result.rank), ...besideIt(result)].join(', ')}`;
    lines.push(`${left} │${right}`.trimEnd());
  }
  return `${lines.join('\n')}\n\n${answerLines(answer)}`;
}

const moved = (from: number, to: number): string =>
  from === to ? '=' : from > to ? `up ${from - to}, was ${from}` : `down ${to - from}, was ${from}`;
