import { parameters, type Unread, unread } from '../state/address.ts';
import './unread-note.css';

/** Which parts of the link could not be read; the page shows the rest. */
export function UnreadNote() {
  const all = unread.value;
  if (all.length === 0) return null;
  const close = (): void => {
    unread.value = [];
    // What had the focus is gone.
    document.getElementById('query')?.focus();
  };
  return (
    <section class="unread note" aria-label="The link">
      <div>
        <p>
          <strong>
            {all.length === 1 ? 'A part of this link could not be read.' : `${all.length} parts of this link could not be read.`}
          </strong>{' '}
          It may have been cut on its way; the rest is shown.
        </p>
        <ul>
          {all.map(({ name, why }, at) => (
            <li key={at} dir="auto">
              <code>{name.slice(0, 60)}</code> {meaning(name)}
              {why}.
            </li>
          ))}
        </ul>
      </div>
      <button type="button" onClick={close}>
        Close
      </button>
    </section>
  );
}

const meaning = (name: Unread['name']): string => {
  const known: Readonly<Record<string, string>> = parameters;
  return Object.hasOwn(known, name) ? `(${known[name]}) ` : '';
};
