import { signal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { useKeys } from '../parts/keys.tsx';
import { lazy } from '../parts/lazy.tsx';
import { pipelineWords } from '../parts/wording.ts';
import { address, go } from '../state/address.ts';

const PipelineEditor = lazy(() => import('../compare/pipeline-editor.tsx').then((module) => module.PipelineEditor));
const Share = lazy(() => import('../share/share.tsx').then((module) => module.Share));

/** Which pipeline is being changed; undefined: none. */
export const edited = signal<0 | 1 | undefined>(undefined);
const shareShown = signal(false);

/** Which pipeline ranks, a second one beside it, and this page for others. */
export function Toolbar() {
  const { pipelines } = address.value;
  const [left, right] = pipelines;
  const compare = (): void => go({ pipelines: right === undefined ? [left, { ...left, reranker: null }] : [left], open: undefined });
  useKeys('Pipelines', [
    { key: 'p', about: 'change the pipeline', run: () => (edited.value = 0) },
    { key: 'c', about: 'compare with a second pipeline, or stop', run: compare },
    { key: 'x', about: 'share', run: () => (shareShown.value = true) },
  ]);
  return (
    <div class="toolbar">
      {right === undefined && (
        <button type="button" class="pipeline-button" onClick={() => (edited.value = 0)} title={pipelineWords(left)}>
          Pipeline: {pipelineWords(left)}
        </button>
      )}
      <button type="button" aria-pressed={right !== undefined} onClick={compare}>
        {right === undefined ? 'Compare' : 'Stop comparing'}
      </button>
      <button type="button" onClick={() => (shareShown.value = true)}>
        Share
      </button>
      <Dialog
        title={right === undefined ? 'Pipeline' : edited.value === 1 ? 'Pipeline B' : 'Pipeline A'}
        open={edited.value !== undefined}
        onClose={() => (edited.value = undefined)}
      >
        <PipelineEditor side={edited.value ?? 0} />
      </Dialog>
      <Dialog title="Share" open={shareShown.value} onClose={() => (shareShown.value = false)}>
        <Share />
      </Dialog>
    </div>
  );
}
