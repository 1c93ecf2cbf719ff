import type { SearchAnswer } from '../search/answer.ts';
import type { RankedResult, SearchResult } from '../search/results.ts';
import { locationOf, titleOf } from '../wording/location.ts';
import { fitted, harmless, widthOf } from '../wording/terminal-text.ts';
import { answerLines, besideIt, scoreText } from './answer-lines.ts';
import { type Line, snippetLines } from './snippet-lines.ts';
import { type Shown, styled } from './styled.ts';
import { firstWordsOf } from './text.ts';

/** Columns that a line of text takes at the most: longer ones are hard to read. */
const WIDEST = 100;
const INDENT = '     ';
/** Columns of the longest level. */
const LEVEL = 8;
/** Columns that a title has before a level is shown. */
const LEAST_TITLE = 8;

export interface ListOptions {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Whether scores are probabilities. */
  readonly calibrated: boolean;
  /** Say of each its place in the list that was given, from 0. @default false */
  readonly places?: boolean;
}

/** The answer of a search, one result below the other: place and relevance, title, where it stands, and the sentences that matter. */
export function answerList(answer: SearchAnswer, columns: number): Shown {
  const { results, query, calibrated, rankedBy } = answer;
  if (results.length === 0) return `nothing found for "${query}"\n`;
  const isRanked = rankedBy !== null && rankedBy !== 'first-stage';
  return [...resultList(results, { columns, calibrated: isRanked && calibrated }), answerLines(answer)];
}

/** Results one below the other, an empty line behind each. */
export function resultList(results: readonly (RankedResult | SearchResult)[], { columns, calibrated, places = false }: ListOptions): Shown {
  // The last column stays free: some terminals begin a new line when it is written.
  const width = Math.max(20, Math.min(columns - 1, WIDEST));
  return results.flatMap((result) => [...linesFor(result, { width, calibrated, places }).flatMap((line) => [...line, '\n']), '\n']);
}

interface ResultForm extends Required<Omit<ListOptions, 'columns'>> {
  readonly width: number;
}

function linesFor(result: RankedResult | SearchResult, { width, calibrated, places }: ResultForm): readonly Line[] {
  const { rank, snippet, document, id, index } = result;
  const title = titleOf(document);
  // Without an id of its own a document is called by its place.
  const place = places ? `[${index}]` : '';
  const location = places && id === String(index) ? place : `${locationOf(result)}${places ? `  ${place}` : ''}`;
  // What has no title is called by where it stands; then its first words are those of the snippet.
  const heading = title ?? (snippet === undefined && document !== undefined ? firstWordsOf(id, document) : location);
  const where = [...(heading === location ? [] : [location]), ...besideIt(result)].join(', ');
  return [
    headingLine(rank, heading, result, width, calibrated),
    ...(where === '' ? [] : [[INDENT, styled('dim', cut(where, width - INDENT.length))]]),
    ...(snippet === undefined || snippet.text === '' ? [] : snippetLines(snippet, width - INDENT.length).map((line) => [INDENT, ...line])),
  ];
}

function headingLine(rank: number, heading: string, result: RankedResult | SearchResult, width: number, calibrated: boolean): Line {
  const { relevanceScore: score } = result;
  const before = `${String(rank).padStart(3)}  `;
  const was = 'firstStageRank' in result && result.firstStageRank !== rank ? `  was ${result.firstStageRank}` : '';
  const level = calibrated ? (result.level ?? '') : '';
  const number = calibrated ? score.toFixed(3) : scoreText(score).padStart(7);
  // In a narrow window the title goes before what adorns the number.
  const left = width - before.length - number.length - 2;
  const isLevelShown = level !== '' && left - (LEVEL + 2) - was.length >= LEAST_TITLE;
  const isWasShown = isLevelShown || left - was.length >= LEAST_TITLE;
  const room = left - (isLevelShown ? LEVEL + 2 : 0) - (isWasShown ? was.length : 0);
  return [
    before,
    `${number}  `,
    ...(isLevelShown ? [styled(level === 'unlikely' ? 'dim' : 'level', level.padEnd(LEVEL)), '  '] : []),
    styled('title', cut(heading, Math.max(1, room))),
    ...(isWasShown && was !== '' ? [styled('dim', was)] : []),
  ];
}

/** Cut where it is longer. */
const cut = (text: string, width: number): string => (widthOf(harmless(text)) <= width ? harmless(text) : fitted(text, width).trimEnd());
