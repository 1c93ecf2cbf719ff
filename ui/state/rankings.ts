import { effect } from '@preact/signals';
import { address } from './address.ts';
import { index, indexes } from './indexes.ts';
import { createRun, type Run } from './run.ts';

/** The rankings of the page: of the first pipeline, and of the second where two are compared. */
export const runs: readonly [Run, Run] = [createRun(), createRun()];

/** Asks whenever the query, the index, a filter or a pipeline is another one. */
export function followQuery(): void {
  const asked = ['', ''];
  effect(() => {
    const { query, filters, pipelines, view } = address.value;
    // Which index is meant is known with the list of them.
    if (indexes.value === undefined || view === 'tune') return;
    const name = index.value?.name ?? address.value.index;
    runs.forEach((run, side) => {
      const pipeline = pipelines[side];
      const next = { index: name, query: pipeline === undefined ? '' : query, filters, pipeline: pipeline ?? {} };
      const key = JSON.stringify(next);
      if (asked[side] === key) return;
      asked[side] = key;
      run.ask(next);
    });
  });
}
