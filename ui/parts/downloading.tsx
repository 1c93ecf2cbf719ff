import { useEffect } from 'preact/hooks';
import { cancelDownload, downloads, watchDownloads } from '../state/downloads.ts';
import { megabytes, percent } from './wording.ts';
import './downloading.css';
import './progress.css';

/** How far the server is with a model that it fetches, while something waits for the server; nothing where it fetches none. */
export function Downloading({ isWaiting }: { readonly isWaiting: boolean }) {
  useEffect(() => (isWaiting ? watchDownloads() : undefined), [isWaiting]);
  if (!isWaiting || downloads.value.length === 0) return null;
  return (
    <ul class="downloading" aria-label="Models that the server fetches">
      {downloads.value.map(({ id, model, file, done, total }) => (
        <li key={id}>
          <p>
            Fetching the model <bdi>{model}</bdi>, once: <bdi>{file}</bdi>,{' '}
            <span class="number">
              {megabytes(done)}
              {total === undefined ? '' : ` of ${megabytes(total)} (${percent(done / Math.max(1, total))})`}
            </span>
          </p>
          <progress max={total ?? 1} value={total === undefined ? undefined : done} aria-label={`Fetching ${model}`} />
          <button type="button" onClick={() => cancelDownload(id)}>
            Cancel
          </button>
        </li>
      ))}
    </ul>
  );
}
