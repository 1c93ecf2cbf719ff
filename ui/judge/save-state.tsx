import { useEffect } from 'preact/hooks';
import { announce } from '../parts/live-region.tsx';
import { count } from '../parts/wording.ts';
import { discard, passedOver, saveNow, saving, unsaved } from './judgments.ts';

/** Whether what was given is on the server's disk; its place is kept. */
export function SaveState() {
  const { status, failure } = saving.value;
  const many = count(unsaved.value, 'judgment');
  useEffect(() => {
    if (status === 'waiting' || status === 'failed') announce(`${many} not saved: ${failure?.message ?? ''}`);
  }, [status]);
  const stayed = passedOver.value;
  return (
    <div class={`save-state ${status}`} data-saving={status}>
      {status === 'saved' && stayed.length === 0 && <p>All judgments are saved.</p>}
      {status === 'saved' && stayed.length > 0 && (
        <p>
          <strong>Someone else graded meanwhile, and that stays:</strong>{' '}
          {stayed.map(({ id, there }) => `${id} (${there ?? 'taken back'})`).join(', ')}. Grade again to change it.
        </p>
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
