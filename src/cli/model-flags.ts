import type { ModelOptions } from '../config/parts.ts';
import { FinetoothError } from '../errors.ts';
import { size } from '../text/numbers.ts';
import type { Flags, Run } from './command.ts';

/** Options of every command that runs a model. */
export const modelFlags = ['embedder', 'threads', 'maxMemory', 'runtime', 'cache', 'models', 'offline'] as const;
type ModelFlag = (typeof modelFlags)[number];

/** The same as the library takes them, with downloads shown on a terminal. */
export const modelOptions = (
  run: Pick<Run<ModelFlag>, 'terminal' | 'signal'> & { readonly flags: Omit<Flags<ModelFlag>, 'embedder'> },
): ModelOptions => {
  const { flags, terminal, signal } = run;
  return {
    signal,
    maxMemory: flags.maxMemory,
    runtime: flags.runtime,
    offline: flags.offline,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    ...(flags.cache === undefined ? {} : { cacheFolder: flags.cache }),
    ...(flags.models === undefined ? {} : { modelsFolder: flags.models }),
    onDownload: ({ file, done, total }) =>
      terminal.progress(
        total !== undefined && done >= total ? '' : `fetching ${file}: ${size(done)}${total === undefined ? '' : ` of ${size(total)}`}`,
      ),
  };
};

/** `--reranker` as `openIndex` takes it. */
export const rerankerOption = (names: readonly string[] | undefined): { readonly reranker?: readonly string[] | null } =>
  names === undefined ? {} : { reranker: names.length === 1 && names[0] === 'none' ? null : names };

/** --min-score as a number. Throws E_USAGE. */
export const minScoreOption = (text: string | undefined): { readonly minScore?: number } => {
  if (text === undefined) return {};
  const minScore = Number(text);
  if (text.trim() !== '' && minScore >= 0 && minScore <= 1) return { minScore };
  throw new FinetoothError('E_USAGE', `--min-score takes a number from 0 to 1; got "${text}".`);
};
