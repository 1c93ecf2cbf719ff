import { signal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { lazy } from '../parts/lazy.tsx';

export const uploadShown = signal(false);

const Upload = lazy(() => import('./upload.tsx').then((module) => module.Upload));

/** The dialog in which files become an index; its script is loaded when it is first opened. */
export function UploadDialog() {
  return (
    <Dialog title="Add files" open={uploadShown.value} onClose={() => (uploadShown.value = false)} place="side">
      <Upload />
    </Dialog>
  );
}
