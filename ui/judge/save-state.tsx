import { useEffect } from 'preact/hooks';
import { announce } from '../parts/live-region.tsx';
import { count } from '../parts/wording.ts';
import { conflicts, unsaved } from './judged-state.ts';
import { loadFailure, saveNow } from './judgments.ts';
import { discard, saving } from './save-judgments.ts';

/** Whether what was given is on the server's disk, and whether someone else gave otherwise; its place is kept. */
export function SaveState({ onConflict }: { readonly onConflict: () => void }) {
  const { status, failure } = saving.value;
  const many = count(unsaved.value, 'judgment');
  const differing = conflicts.value.size;
  useEffect(() => {
    if (status === 'waiting' || status === 'failed') announce(`${many} not saved: ${failure?.message ?? ''}`);
  }, [status]);
  useEffect(() => {
    if (differing > 0) announce(`${count(differing, 'document')} graded otherwise by someone else.`);
  }, [differing]);
  const kind = status === 'saved' && differing > 0 ? 'differing' : status;
  return (
    <div class={`save-state ${kind}`} data-saving={status}>
      {status === 'saved' && differing === 0 && (
        <p>
          {loadFailure.value === undefined ? 'All judgments are saved.' : `What others judge cannot be seen: ${loadFailure.value.message}`}
        </p>
      )}
      {kind === 'differing' && (
        <>
          <p>
            <strong>
              {differing === 1 ? 'Someone else graded a document otherwise' : `Someone else graded ${differing} documents otherwise`}.
            </strong>{' '}
            What they gave stands until you choose.
          </p>
          <button type="button" onClick={onConflict}>
            Show <kbd>d</kbd>
          </button>
        </>
      )}
      {status === 'saving' && <p>Saving {many}…</p>}
      {status === 'waiting' && (
        <p>
          <strong>{many} not saved yet:</strong> {failure?.message} It is tried again by itself.
        </p>
      )}
      {status === 'failed' && (
        <p>
          <strong>{many} not saved:</strong> {failure?.message}
        </p>
      )}
      {(status === 'waiting' || status === 'failed') && (
        <button type="button" onClick={saveNow}>
          Save now
        </button>
      )}
      {status === 'failed' && (
        <button type="button" onClick={discard}>
          Discard
        </button>
      )}
    </div>
  );
}
