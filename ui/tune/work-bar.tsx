import { Downloading } from '../parts/downloading.tsx';
import { count } from '../parts/wording.ts';
import type { Work } from './work.ts';
import '../parts/progress.css';

export interface WorkBarProps<Report> {
  readonly work: Work<Report>;
  readonly label: string;
  readonly shortcut: string;
  readonly isReady: boolean;
  readonly onStart: () => void;
  readonly children?: preact.ComponentChildren;
}

/** Starts long work, says how far it is, cancels it; its place is kept. */
export function WorkBar<Report>({ work, label, shortcut, isReady, onStart, children }: WorkBarProps<Report>) {
  const { status, progress, failure } = work.state.value;
  const isRunning = status === 'running';
  return (
    <div class="work-bar" data-work={status}>
      {isRunning ? (
        <button type="button" onClick={work.cancel}>
          Cancel <kbd>.</kbd>
        </button>
      ) : (
        <button type="button" class="primary" onClick={onStart} disabled={!isReady}>
          {label} <kbd>{shortcut}</kbd>
        </button>
      )}
      {!isRunning && children}
      {isRunning && (
        <div class="work-progress">
          <progress
            max={progress?.total ?? 1}
            value={progress === undefined || progress.total === undefined ? undefined : progress.done}
            aria-label={label}
          />
          <span class="hint">
            {progress === undefined
              ? 'Starting…'
              : `${progress.what}: ${progress.total === undefined ? count(progress.done, progress.unit) : `${progress.unit} ${progress.done + 1} of ${progress.total}`}`}
          </span>
          <Downloading isWaiting={progress === undefined} />
        </div>
      )}
      {status === 'cancelled' && <span class="hint">Cancelled. What was measured is kept, and the next one goes on from there.</span>}
      {status === 'failed' && (
        <p class="note failed" role="alert">
          {failure?.message}
        </p>
      )}
    </div>
  );
}
