import { signal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { lazy } from '../parts/lazy.tsx';
import { PageDrop } from './page-drop.tsx';
import type { Pick } from './picked.ts';

export const uploadShown = signal(false);

const Upload = lazy(() => import('./upload.tsx').then((module) => module.Upload));

/** The dialog in which files become an index; its script is loaded when it is first opened. Files may be dropped anywhere on the page. */
export function UploadDialog() {
  const drop = (files: Promise<Pick>): void => {
    uploadShown.value = true;
    import('./upload-state.ts').then(({ look }) => look(files));
  };
  return (
    <>
      <PageDrop onDrop={drop} />
      <Dialog title="Add files" open={uploadShown.value} onClose={() => (uploadShown.value = false)} place="side">
        <Upload />
      </Dialog>
    </>
  );
}
