import type { IndexStatus, Result } from '../api/types.ts';
import { memo } from '../parts/memo.ts';
import { levelWords, percent, readingOf } from '../parts/wording.ts';
import { go } from '../state/address.ts';
import { Snippet } from './snippet.tsx';

export interface CardProps {
  readonly result: Result;
  /** From 1. */
  readonly rank: number;
  readonly index: IndexStatus | undefined;
  /** Where it stands in the other list, from 1; undefined: it is not there; null: that list is not there yet. */
  readonly other: number | undefined | null;
  /** What the other list is called: "in the first stage". */
  readonly otherName: string;
  /** Of the first stage: a score, and no level. */
  readonly isFirst: boolean;
  /** Whether it says how far it moved; that it is in this list alone it says always. */
  readonly isMoved: boolean;
  /** Of which pipeline it is. */
  readonly pipeline: 0 | 1;
}

/** One result: always as high as the others, so that nothing moves when more is known of it. */
export const Card = memo(function Card({ result, rank, index, other, otherName, isFirst, isMoved, pipeline }: CardProps) {
  const { title, text } = readingOf(result.document, index, result.id);
  return (
    <article class="card">
      <div class="card-rank">
        <span class="number">{rank}</span>
        {!isFirst && (isMoved || other === undefined) && <Move rank={rank} other={other} otherName={otherName} />}
      </div>
      <h3 class="card-title">
        <button
          type="button"
          class="card-open"
          onClick={() => go({ open: { id: result.id, side: pipeline } })}
          dir="auto"
          title={title.length > 40 ? title.slice(0, 300) : undefined}
        >
          <bdi>{title.slice(0, 300)}</bdi>
        </button>
      </h3>
      <div class="card-score">
        {isFirst ? <Plain score={result.first_stage_score} label="first-stage score" /> : <Level result={result} />}
      </div>
      <p class="card-text" dir="auto">
        {isFirst ? text.slice(0, 400) : <Snippet result={result} text={text} />}
      </p>
    </article>
  );
});

/** How far it moved, as a sign, a number and, for who hears the page, a sentence. */
function Move({ rank, other, otherName }: Pick<CardProps, 'rank' | 'other' | 'otherName'>) {
  if (other === null) return <span class="move" />;
  if (other === undefined) return <Moved kind="only" sign="only here" words={`not ${otherName}`} />;
  const by = other - rank;
  if (by === 0) return <Moved kind="same" sign="=" words={`same place ${otherName}`} />;
  return (
    <Moved
      kind={by > 0 ? 'up' : 'down'}
      sign={`${by > 0 ? '▲' : '▼'} ${Math.abs(by)}`}
      words={`${by > 0 ? 'up' : 'down'} ${Math.abs(by)}, from place ${other} ${otherName}`}
    />
  );
}

function Moved({ kind, sign, words }: { readonly kind: string; readonly sign: string; readonly words: string }) {
  return (
    <span class={`move ${kind}`} title={words}>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{words}</span>
    </span>
  );
}

/** The probability in a word and a number where there is one, else the score. */
export function Level({ result: { level, relevance_score: score, ranked_by: rankedBy } }: { readonly result: Result }) {
  if (rankedBy === null) return <Scored kind="none" word="not reranked" number={score.toFixed(3)} />;
  if (level === undefined) return <Plain score={score} label="score" />;
  return <Scored kind={level} word={levelWords[level]} number={percent(score)} share={score} />;
}

function Plain({ score, label }: { readonly score: number; readonly label: string }) {
  return (
    <>
      <span class="unseen">{label} </span>
      <span class="number score-plain">{score.toFixed(3)}</span>
    </>
  );
}

interface ScoredProps {
  readonly kind: string;
  readonly word: string;
  readonly number: string;
  readonly share?: number;
}

function Scored({ kind, word, number, share }: ScoredProps) {
  return (
    <span class={`level ${kind}`}>
      {/* Other words are other elements, not shifted ones. */}
      <span key={`word ${word}`} class="level-word">
        {word}
      </span>{' '}
      <span key={`number ${number}`} class="number">
        {number}
      </span>
      {share !== undefined && (
        <span class="bar" aria-hidden="true">
          <span style={{ inlineSize: `${Math.max(share * 100, 1)}%` }} />
        </span>
      )}
    </span>
  );
}
