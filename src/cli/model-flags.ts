import { FinetoothError } from '../errors.ts';
import { createBudget, readPrices } from '../hosted.ts';
import type { ModelOptions } from '../index.ts';
import type { Flags, Run } from './command.ts';
import { sayPrecision, showDownload } from './progress.ts';

/** How models run on this machine, and where their files are. */
export const machineFlags = ['threads', 'maxMemory', 'runtime', 'device', 'precision', 'cache', 'models', 'offline'] as const;

/** Options of every command that runs a model. */
export const modelFlags = ['embedder', ...machineFlags, 'budget', 'prices', 'vectorCache'] as const;

type ModelFlag = (typeof modelFlags)[number];

/** The same as the library takes them, with downloads shown on a terminal. */
export async function modelOptions(
  run: Pick<Run<ModelFlag>, 'terminal' | 'signal'> & {
    readonly flags: Omit<Flags<ModelFlag>, 'embedder' | 'budget' | 'prices' | 'vectorCache'> &
      Partial<Flags<'budget' | 'prices' | 'vectorCache'>>;
  },
): Promise<ModelOptions> {
  const { flags, terminal, signal } = run;
  const hosted = await hostedOptions(flags, signal);
  return {
    ...hosted,
    vectorCache: flags.vectorCache,
    signal,
    maxMemory: flags.maxMemory,
    runtime: flags.runtime,
    device: flags.device,
    precision: flags.precision,
    offline: flags.offline,
    threads: flags.threads,
    cacheFolder: flags.cache,
    modelsFolder: flags.models,
    onDownload: showDownload(terminal),
    onPrecision: sayPrecision(terminal),
  };
}

/** --budget and --prices. Throws E_USAGE, E_INPUT_MISSING, E_INPUT_FORMAT. */
async function hostedOptions(
  { budget, prices }: Partial<Flags<'budget' | 'prices'>>,
  signal: AbortSignal,
): Promise<Pick<ModelOptions, 'hosted'>> {
  if (budget !== undefined && (budget.trim() === '' || !(Number(budget) >= 0)))
    throw new FinetoothError('E_USAGE', `--budget takes an amount of US dollars, such as 0.50; got "${budget}".`);
  if (budget === undefined && prices === undefined) return {};
  return {
    hosted: {
      budget: budget === undefined ? undefined : createBudget(Number(budget)),
      prices: prices === undefined ? undefined : await readPrices(prices, signal),
    },
  };
}
