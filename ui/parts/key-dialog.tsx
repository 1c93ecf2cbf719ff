import { keyQuestion } from '../api/key.ts';
import { Dialog } from './dialog.tsx';

/** Asks for the server's key when it wants one. */
export function KeyDialog() {
  const question = keyQuestion.value;
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const key = new FormData(event.currentTarget as HTMLFormElement).get('key');
    if (typeof key === 'string' && key.trim() !== '') question?.answer(key.trim());
  };
  return (
    <Dialog title="This server wants a key" open={question !== undefined} onClose={() => question?.answer(undefined)}>
      <form onSubmit={send} class="key-form">
        {question?.refused === true && (
          <p class="note failed" role="alert">
            The server does not know that key. Ask who runs it for one.
          </p>
        )}
        <label>
          Key
          <input name="key" type="password" autocomplete="off" spellcheck={false} required autofocus />
        </label>
        <p class="hint">It is kept for this tab alone, and sent to this server alone.</p>
        <button type="submit" class="primary">
          Use this key
        </button>
      </form>
    </Dialog>
  );
}
