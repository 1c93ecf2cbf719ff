import { useState } from 'preact/hooks';
import { addressOf } from '../api/client.ts';
import { keptKey } from '../api/key.ts';
import { announce } from '../parts/live-region.tsx';
import { address } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { bodyOf } from '../state/request.ts';
import { codeOf } from './code.ts';
import './share.css';

/** A link to this page as it is, and the request behind it for a program. */
export function Share() {
  const { query, filters, pipelines } = address.value;
  const [side, setSide] = useState<0 | 1>(0);
  const pipeline = pipelines[side] ?? pipelines[0];
  const body = { ...bodyOf({ index: index.value?.name, query, filters, pipeline }), snippets: true };
  const codes = codeOf(addressOf('v1/search'), JSON.parse(JSON.stringify(body)), keptKey() !== undefined);
  return (
    <div class="share">
      <section>
        <div class="share-head">
          <h3>Link</h3>
          <Copy what="the link" text={location.href} />
        </div>
        <p class="hint">It holds the view, the index, the query, the filters and the pipelines, and no key.</p>
        <pre>{location.href}</pre>
      </section>
      {pipelines.length === 2 && (
        <label class="share-side">
          Request of{' '}
          <select value={side} onChange={(event) => setSide(event.currentTarget.value === '1' ? 1 : 0)}>
            <option value={0}>pipeline A</option>
            <option value={1}>pipeline B</option>
          </select>
        </label>
      )}
      {codes.map(({ name, text }) => (
        <section key={name}>
          <div class="share-head">
            <h3>{name}</h3>
            <Copy what={name} text={text} />
          </div>
          <pre>{text}</pre>
        </section>
      ))}
    </div>
  );
}

function Copy({ what, text }: { readonly what: string; readonly text: string }) {
  const [done, setDone] = useState<boolean | undefined>(undefined);
  const copy = async (): Promise<void> => {
    const isDone = await copyText(text);
    setDone(isDone);
    announce(isDone ? `Copied ${what}.` : 'The browser does not let this page copy.');
    setTimeout(() => setDone(undefined), 2000);
  };
  return (
    <button type="button" onClick={copy} aria-label={`Copy ${what}`}>
      {done === undefined ? 'Copy' : done ? 'Copied' : 'Select it below'}
    </button>
  );
}

/** Without https a page of another machine has no clipboard; then a selection is copied as in earlier times. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    // Inside of the dialog: what is outside cannot be selected.
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const isDone = document.execCommand('copy');
    area.remove();
    return isDone;
  }
}
