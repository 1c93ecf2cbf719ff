import type { Conflict } from './judged-state.ts';
import { gradeNames } from './judgments.ts';

export interface ConflictRowProps {
  readonly conflict: Conflict;
  readonly onKeep: () => void;
  readonly onChange: () => void;
}

/** Two people, two grades: both are named, and one is chosen knowingly. */
export function ConflictRow({ conflict: { mine, there }, onKeep, onChange }: ConflictRowProps) {
  return (
    <div class="conflict">
      <p>
        Someone else {there === null ? 'took the grade back' : <>gave {gradeWords(there)}</>}; you{' '}
        {mine === null ? 'took it back' : <>gave {gradeWords(mine)}</>}.
      </p>
      <div class="conflict-choice">
        <button type="button" onClick={onKeep}>
          {there === null ? 'Leave it open' : `Keep ${there}`}
        </button>
        <button type="button" onClick={onChange}>
          {mine === null ? 'Take it back' : `Make it ${mine}`}
        </button>
      </div>
    </div>
  );
}

const gradeWords = (grade: number) => (
  <strong>
    {grade}, {gradeNames.value[grade]}
  </strong>
);
