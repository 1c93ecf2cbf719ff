import { useState } from 'preact/hooks';
import { ask } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useKeys } from '../parts/keys.tsx';
import { announce } from '../parts/live-region.tsx';
import { address, go } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { canUndo, undo } from './judgments.ts';
import { depth, depths, focusCard } from './pool-list.tsx';

/** In which order, how deep, one step back, and the judgments as files. */
export function Tools() {
  const [isExporting, setExporting] = useState(false);
  const isBlind = address.value.blind !== undefined;
  const turn = (): void => {
    go({ blind: isBlind ? undefined : seed() }, { step: false });
    announce(isBlind ? 'In the order of the ranking.' : 'In an order that tells nothing.');
  };
  const back = (): void => {
    const done = undo();
    if (done === undefined) {
      announce('There is nothing to take back.');
      return;
    }
    announce(`Taken back: ${done.grade === null ? 'not judged again' : `a ${done.grade} again`}.`);
    if (done.query === address.value.query.trim()) focusCard(done.id);
  };
  useKeys('Judgments', [
    { key: 'u', about: 'take back the last grade', run: back },
    { key: 'b', about: 'blind order, or that of the ranking', run: turn },
    { key: 'e', about: 'export the judgments', run: () => setExporting(true) },
  ]);
  return (
    <div class="judge-tools">
      <button type="button" aria-pressed={isBlind} onClick={turn}>
        Blind order <kbd>b</kbd>
      </button>
      <label class="judge-depth">
        First{' '}
        <select value={depth.value} onChange={(event) => (depth.value = Number(event.currentTarget.value))}>
          {depths.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>{' '}
        of each list
      </label>
      {Object.keys(address.value.filters).length > 0 && (
        <button type="button" onClick={() => go({ filters: {} })}>
          Filters narrow what is judged: clear
        </button>
      )}
      <button type="button" onClick={back} disabled={!canUndo.value}>
        Undo <kbd>u</kbd>
      </button>
      <button type="button" onClick={() => setExporting(true)}>
        Export
      </button>
      <Dialog title="Export the judgments" open={isExporting} onClose={() => setExporting(false)}>
        <Exports />
      </Dialog>
    </div>
  );
}

const files = [
  { format: 'jsonl', name: 'judgments.jsonl', about: 'One file for finetooth eval --data: a line per query, with its words and grades.' },
  { format: 'qrels', name: 'qrels.tsv', about: 'The grades of a collection, as BEIR has them.' },
  {
    format: 'queries',
    name: 'queries.jsonl',
    about: 'The queries of that collection; both in one folder are what finetooth eval --data reads.',
  },
  { format: 'trec', name: 'qrels.txt', about: 'TREC’s four columns, for trec_eval and ir-measures.' },
] as const;

function Exports() {
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const save = async (format: string, name: string): Promise<void> => {
    setFailure(undefined);
    try {
      const answer = await ask(`v1/indexes/${index.value?.name ?? ''}/judgments?format=${format}`, { accept: '*/*' });
      saveFile(name, await answer.blob());
    } catch (error) {
      setFailure(error instanceof ApiError ? error.message : String(error));
    }
  };
  return (
    <>
      <ul class="judge-exports">
        {files.map(({ format, name, about }) => (
          <li key={format}>
            <button type="button" onClick={() => save(format, name)}>
              {name}
            </button>
            <span class="hint">{about}</span>
          </li>
        ))}
      </ul>
      {failure !== undefined && (
        <p class="note failed" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}

/** Through a link of its own, since a plain one could not bring the key. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const seed = (): number => crypto.getRandomValues(new Uint16Array(1))[0] as number;
