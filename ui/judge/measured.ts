import { effect, signal } from '@preact/signals';
import type { MeasureAnswer } from '../../src/server/indexes/measure-route.ts';
import { askJson } from '../api/client.ts';
import { ApiError, isAbort, isOffline } from '../api/errors.ts';
import { address } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { pause, retryAfter } from '../state/run.ts';
import { isLoaded, unsaved, version } from './judged-state.ts';
import { listsOf, sentOf } from './lists.ts';

/** What the judgments say of the lists, the last that is known; while it is measured anew it stays. */
export const measured = signal<MeasureAnswer | undefined>(undefined);
export const measureFailure = signal<ApiError | undefined>(undefined);

/** Milliseconds of search in one answer: figures of the first queries come soon. */
const TIME_MS = 700;

/** Measures whenever a judgment is saved, and for another query, index or pipeline. */
export function followMeasure(): () => void {
  let stop = new AbortController();
  let asked = '';
  let of: string | undefined;
  const end = effect(() => {
    const { query, pipelines } = address.value;
    const name = index.value?.name;
    const at = version.value;
    if (name === undefined || !isLoaded.value || unsaved.value > 0) return;
    const lists = sentOf(listsOf(pipelines));
    const key = JSON.stringify([name, query.trim(), lists, at]);
    if (asked === key) return;
    if (name !== of) measured.value = undefined;
    [asked, of] = [key, name];
    stop.abort();
    stop = new AbortController();
    follow(name, { pipelines: lists, query: query.trim() === '' ? undefined : query.trim(), plots: true, time_ms: TIME_MS }, stop.signal);
  });
  return () => {
    end();
    stop.abort();
  };
}

async function follow(name: string, json: object, signal: AbortSignal): Promise<void> {
  try {
    // Who types goes on typing.
    await pause(150, signal);
    for (let tries = 0; ; ) {
      try {
        const answer = await askJson<MeasureAnswer>(`v1/indexes/${name}/measure`, { json, signal });
        tries = 0;
        measured.value = answer;
        measureFailure.value = undefined;
        if (answer.complete) return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        measureFailure.value = error;
        const wait = retryAfter(error, tries++);
        if (wait === undefined) return;
        await pause(wait, signal, isOffline(error));
      }
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}
