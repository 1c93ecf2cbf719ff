import './upload.css';
import type { ApiError } from '../api/errors.ts';
import { AddProgress } from './add-progress.tsx';
import { Failed } from './failed.tsx';
import { takeChosen } from './picked.ts';
import { PlanForm } from './plan-form.tsx';
import { look, startAgain, step } from './upload-state.ts';

/** Files or a folder become an index: chosen, looked at, added. */
export function Upload() {
  const now = step.value;
  if (now.kind === 'plan') return <PlanForm plan={now.plan} failure={now.failure} />;
  if (now.kind === 'adding' || now.kind === 'done') return <AddProgress now={now} />;
  if (now.kind === 'looking')
    return (
      <div class="upload-part">
        <p aria-busy="true">
          Looking at {now.files === 0 ? 'the files' : now.files === 1 ? 'the file' : `${now.files.toLocaleString('en')} files`}…
        </p>
        <div>
          <button type="button" onClick={startAgain}>
            Cancel
          </button>
        </div>
      </div>
    );
  return <ChooseFiles failure={now.failure} />;
}

function ChooseFiles({ failure }: { readonly failure: ApiError | undefined }) {
  const chosen = (event: Event): void => {
    const { files } = event.currentTarget as HTMLInputElement;
    if (files !== null && files.length > 0) look(takeChosen(files));
  };
  return (
    <div class="upload-part">
      {failure !== undefined && <Failed failure={failure} />}
      <p>
        Drop files or a folder anywhere on this page, or choose them here. They become an index on the machine that runs this server;
        nothing goes anywhere else.
      </p>
      <div class="upload-choice">
        <label>
          <span>Files</span>
          <input type="file" multiple onChange={chosen} />
        </label>
        <label>
          <span>A folder</span>
          <input ref={takeFolder} type="file" onChange={chosen} />
        </label>
      </div>
      <p class="upload-hint">
        Read are text, Markdown, HTML, PDF, Word, EPUB, e-mail, notebooks and code, and tables: JSON, JSON lines, CSV, TSV, Parquet.
      </p>
    </div>
  );
}

/** An attribute that every browser knows and JSX does not. */
const takeFolder = (input: HTMLInputElement | null): void => {
  if (input !== null) input.webkitdirectory = true;
};
