import { Downloading } from '../parts/downloading.tsx';
import { count } from '../parts/wording.ts';
import { Failed } from './failed.tsx';
import type { Sent } from './send.ts';
import { Sentences } from './sentences.tsx';
import { uploadShown } from './upload-dialog.tsx';
import { add, cancel, type Plan, type Step, startAgain } from './upload-state.ts';

/** Files whose state is shown: those around the one that is being added. */
const SHOWN = 200;

export function AddProgress({ now }: { readonly now: Extract<Step, { readonly kind: 'adding' | 'done' }> }) {
  const { plan, sent } = now;
  const total = plan.chosen.files.length;
  const all = plan.inspected.documents;
  const search = (): void => {
    // The browser gives the focus back to what opened the dialog, and only then is it ours to give.
    document.querySelector('dialog[open]')?.addEventListener('close', () => document.getElementById('query')?.focus(), { once: true });
    uploadShown.value = false;
    startAgain();
  };
  return (
    <div class="upload-part">
      <h3>
        <bdi>{plan.name}</bdi>: {heading(now)}
      </h3>
      {all === undefined ? (
        <progress aria-label="Files that are added" max={total} value={sent.files} />
      ) : (
        <progress aria-label="Documents that are added" max={all} value={sent.documents} />
      )}
      <p>
        {sent.files.toLocaleString('en')} of {count(total, 'file')}, {count(sent.documents, 'document')}
        {now.kind === 'done' && ` (${changes(sent)})`}
      </p>
      <Downloading isWaiting={now.kind === 'adding' && sent.documents === 0} />
      {now.kind === 'done' && typeof now.end !== 'string' && <Failed failure={now.end} />}
      {now.kind === 'done' && now.end !== 'all' && (
        <p>What is added stays in the index and can be searched. Adding the same files again goes on from there.</p>
      )}
      <Sentences title="Cannot be read" words={sent.failed.map(({ message }) => message)} isFailure />
      <Sentences title="Good to know" words={sent.notes} />
      <div class="upload-buttons">
        {now.kind === 'adding' ? (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <>
            {sent.documents > 0 && (
              <button type="button" class="primary" onClick={search}>
                Search it
              </button>
            )}
            {now.end !== 'all' && (
              <button type="button" onClick={add}>
                Go on
              </button>
            )}
            <button type="button" onClick={startAgain}>
              Add other files
            </button>
          </>
        )}
      </div>
      <FileList plan={plan} sent={sent} isOver={now.kind === 'done'} />
    </div>
  );
}

function FileList({ plan, sent, isOver }: { readonly plan: Plan; readonly sent: Sent; readonly isOver: boolean }) {
  const { files } = plan.chosen;
  const failed = new Set(sent.failed.map(({ path }) => path));
  const from = Math.max(0, Math.min(files.length - SHOWN, sent.files - SHOWN / 2));
  const stateOf = (at: number, path: string): string =>
    failed.has(path)
      ? 'not read'
      : at < sent.files
        ? 'added'
        : !isOver && at === sent.files
          ? 'being added'
          : isOver
            ? 'not added'
            : 'waiting';
  return (
    <ol class="upload-files" start={from + 1}>
      {files.slice(from, from + SHOWN).map(({ path }, i) => (
        <li key={path} data-state={stateOf(from + i, path)}>
          <bdi>{path}</bdi> <span>{stateOf(from + i, path)}</span>
        </li>
      ))}
    </ol>
  );
}

function heading(now: Extract<Step, { readonly kind: 'adding' | 'done' }>): string {
  if (now.kind === 'adding') return 'adding…';
  return now.end === 'all' ? 'ready' : now.end === 'cancelled' ? 'stopped' : 'not finished';
}

const changes = ({ added, changed, unchanged, removed }: Sent): string =>
  [
    [added, 'added'],
    [changed, 'changed'],
    [unchanged, 'as they were'],
    [removed, 'removed'],
  ]
    .filter(([number]) => Number(number) > 0)
    .map(([number, words]) => `${Number(number).toLocaleString('en')} ${words}`)
    .join(', ') || 'nothing changed';
