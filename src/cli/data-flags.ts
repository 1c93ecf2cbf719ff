import type { EvaluateOptions } from '../tasks/index.ts';
import type { Flags, Run } from './command.ts';
import { oneIndex } from './index-flag.ts';
import { modelFlags, modelOptions } from './model-flags.ts';
import { showProgress } from './progress.ts';

/** Options of every command that measures on judged queries. */
export const dataFlags = ['data', 'qrels', 'in', 'fields', 'work', 'datasets', ...modelFlags] as const;

type DataFlag = (typeof dataFlags)[number];

/** The same as the library takes them, with progress shown on a terminal. Throws E_USAGE for several indexes. */
export async function dataOptions(run: Pick<Run<DataFlag>, 'terminal' | 'signal'> & { readonly flags: Flags<DataFlag> }) {
  const { flags, signal } = run;
  return {
    data: flags.data,
    judgments: flags.qrels,
    in: oneIndex(flags.in),
    fields: flags.fields,
    workFolder: flags.work,
    datasetsFolder: flags.datasets,
    embedder: flags.embedder,
    models: await modelOptions(run),
    signal,
    onProgress: showProgress(run.terminal),
  } satisfies EvaluateOptions;
}
