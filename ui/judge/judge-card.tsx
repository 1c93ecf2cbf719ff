import { useState } from 'preact/hooks';
import type { IndexStatus } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { readingOf } from '../parts/wording.ts';
import { Snippet } from '../search/snippet.tsx';
import { ConflictRow } from './conflict-row.tsx';
import type { Conflict } from './judged-state.ts';
import { gradeNames } from './judgments.ts';
import type { Candidate } from './pool.ts';

export interface JudgeCardProps {
  readonly candidate: Candidate;
  readonly index: IndexStatus | undefined;
  readonly grade: number | undefined;
  /** Of the lists. */
  readonly names: readonly string[];
  /** Nothing is told of where it stands. */
  readonly isBlind: boolean;
  readonly onGrade: (grade: number | null) => void;
  /** Where someone else gave another grade than this tab. */
  readonly conflict: Conflict | undefined;
  readonly onKeep: () => void;
}

/** One document and its grade; always as high as the others. */
export function JudgeCard({ candidate: { result, ranks }, index, grade, names, isBlind, onGrade, conflict, onKeep }: JudgeCardProps) {
  const [isOpen, setOpen] = useState(false);
  const { title, text } = readingOf(result.document, index, result.id);
  const places = ranks.flatMap((rank, at) => (rank === undefined ? [] : [`${names[at] ?? ''} ${rank}`]));
  return (
    <article class="judge-card" data-grade={grade} data-conflict={conflict !== undefined}>
      <h2 class="card-title">
        <button type="button" class="card-open" onClick={() => setOpen(true)} dir="auto">
          <bdi>{title.slice(0, 300)}</bdi>
        </button>
      </h2>
      {conflict === undefined ? (
        <p class="judge-places hint">{isBlind ? '' : [...new Set(places)].join(' · ')}</p>
      ) : (
        <ConflictRow conflict={conflict} onKeep={onKeep} onChange={() => onGrade(conflict.mine)} />
      )}
      <p class="card-text" dir="auto">
        {isBlind ? text.slice(0, 600) : <Snippet result={result} text={text} />}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would read its legend before each of a hundred buttons */}
      <div class="grades" role="group" aria-label={`Grade of ${title.slice(0, 80)}`}>
        {gradeNames.value.map((name, value) => (
          <button
            key={name}
            type="button"
            class={`grade grade-${value} ${conflict?.mine === value ? 'mine' : ''}`}
            aria-pressed={grade === value}
            onClick={() => (conflict?.there === value ? onKeep() : onGrade(grade === value ? null : value))}
          >
            <span class="number">{value}</span> {name}
          </button>
        ))}
        <span class={`judged ${grade === undefined ? 'open' : ''}`}>{grade === undefined ? 'not judged' : 'judged'}</span>
      </div>
      <Dialog title={<bdi>{title.slice(0, 300)}</bdi>} open={isOpen} onClose={() => setOpen(false)} place="side">
        {isOpen && <Whole document={result.document ?? {}} />}
      </Dialog>
    </article>
  );
}

/** Every field as text, whatever it looks like. */
function Whole({ document }: { readonly document: Readonly<Record<string, unknown>> }) {
  return (
    <dl class="judge-whole">
      {Object.entries(document).map(([field, value]) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd dir="auto">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
