import { type Signal, signal } from '@preact/signals';
import type { EvalReport } from '../../src/eval/report/report.ts';
import type { TuneReport } from '../../src/tasks/tune.ts';
import { ApiError, isAbort } from '../api/errors.ts';
import { askLines } from '../api/streams.ts';
import { announce } from '../parts/live-region.tsx';
import type { ServedPlot } from '../parts/plot.tsx';

export interface Done<Report> {
  readonly index: string;
  readonly report: Report;
  readonly plots: readonly ServedPlot[];
}

export interface WorkState<Report> {
  readonly status: 'idle' | 'running' | 'failed' | 'cancelled';
  readonly progress?: { readonly what: string; readonly done: number; readonly total?: number; readonly unit: string };
  readonly failure?: ApiError;
  /** Of the last one that ran to its end; it stays while another runs. */
  readonly last?: Done<Report>;
}

export interface Work<Report> {
  readonly state: Signal<WorkState<Report>>;
  start(index: string, body: object): void;
  /** Closes the connection, which stops the server. */
  cancel(): void;
}

type Line<Report> =
  | { readonly progress: NonNullable<WorkState<Report>['progress']> }
  | { readonly report: Report; readonly plots: readonly ServedPlot[] };

/** They go on while other views are shown. */
export const evaluation = createWork<EvalReport>('evaluations', 'The evaluation');
export const tuning = createWork<TuneReport>('tunings', 'The tuning');

function createWork<Report>(path: string, name: string): Work<Report> {
  const state = signal<WorkState<Report>>({ status: 'idle' });
  let running: AbortController | undefined;
  const change = (next: Partial<WorkState<Report>>): void => {
    state.value = { ...state.peek(), ...next };
  };
  const run = async (index: string, json: object, signal: AbortSignal): Promise<void> => {
    try {
      for await (const line of askLines<Line<Report>>(`v1/indexes/${index}/${path}`, { json, signal })) {
        if (signal.aborted) return;
        if ('progress' in line) change({ progress: line.progress });
        else {
          change({ status: 'idle', progress: undefined, last: { index, report: line.report, plots: line.plots } });
          announce(`${name} is done.`);
        }
      }
      if (state.peek().status === 'running' && !signal.aborted) throw new ApiError('OFFLINE', 'The answer ended before its end.', 0);
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      const failure = error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
      change({ status: 'failed', progress: undefined, failure });
      announce(`${name} failed: ${failure.message}`);
    }
  };
  return {
    state,
    start: (index, body) => {
      running?.abort();
      running = new AbortController();
      change({ status: 'running', progress: undefined, failure: undefined });
      announce(`${name} runs.`);
      run(index, body, running.signal);
    },
    cancel: () => {
      running?.abort();
      change({ status: 'cancelled', progress: undefined });
      announce(`${name} is cancelled. What was measured is kept, and the next one goes on from there.`);
    },
  };
}
