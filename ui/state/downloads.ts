import { effect, signal } from '@preact/signals';
import { askJson } from '../api/client.ts';
import type { DownloadsAnswer } from '../api/generated.ts';
import { announce } from '../parts/live-region.tsx';
import { percent } from '../parts/wording.ts';

export type Download = DownloadsAnswer['downloads'][number];

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/** Models that the server fetches, for which what was asked may be waiting. */
export const downloads = signal<readonly Download[]>([]);

/** Looks at once and each second, until the returned function is called. */
export function watchDownloads(): () => void {
  const stop = new AbortController();
  const look = (): void => {
    askJson<DownloadsAnswer>('v1/downloads', { signal: stop.signal }).then(
      (told) => (downloads.value = told.downloads),
      // The question that waits says what is wrong with the server.
      () => (downloads.value = []),
    );
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  const end = sayTenths();
  return () => {
    stop.abort();
    clearInterval(timer);
    end();
    downloads.value = [];
  };
}

export const cancelDownload = (id: number): void => {
  askJson(`v1/downloads/${id}`, { method: 'DELETE' }).catch(() => {
    // It has ended by itself.
  });
};

/** Whoever listens hears of each tenth. */
function sayTenths(): () => void {
  let said = '';
  return effect(() => {
    const [first] = downloads.value;
    if (first === undefined) return;
    const tenths = first.total === undefined ? undefined : Math.floor((10 * first.done) / first.total);
    const now = JSON.stringify([first.model, first.file, tenths]);
    if (now === said) return;
    said = now;
    announce(`The server fetches the model ${first.model}${tenths === undefined ? '' : `: ${percent(tenths / 10)} of ${first.file}`}.`);
  });
}
