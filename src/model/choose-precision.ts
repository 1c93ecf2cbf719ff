import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { throwIfStopped } from '../errors.ts';
import type { Precision } from './catalog/model-entry.ts';
import { instructions } from './run/instructions.ts';
import type { ProbeStart } from './run/probe.ts';
import { chooseRuntime, type Device, openRuntime, type RuntimeChoice, type RuntimeName } from './run/runtime.ts';

/** What there is to choose from. */
export interface PrecisionQuestion {
  /** The model's name, for people. */
  readonly model: string;
  /** What its files are known by: another model, or other files, are asked about again. */
  readonly files: string;
  /** At least two. */
  readonly precisions: readonly Precision[];
}

export interface PrecisionChosen {
  readonly model: string;
  readonly precision: Precision;
  /** Of one layer over 64 tokens in each form that runs here; empty where nothing was measured. */
  readonly milliseconds: Readonly<Partial<Record<Precision, number>>>;
  /** Measured by this call, not before. */
  readonly isNew: boolean;
}

export interface ChooseOptions {
  /** The cache folder. */
  readonly cache: string;
  readonly runtime?: RuntimeChoice | undefined;
  readonly device?: Device | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How many times as fast as full precision a form must be to be taken before it: what costs nothing is not given away, and four bits cost quality that one sees (docs/models.md).
 */
const demanded = { fp32: 1, fp16: 1, int8: 1.1, q4f16: 1.5, q4: 1.5, bnb4: 1.5 } as const satisfies Record<Precision, number>;

/** What is taken where nothing can be measured: on the processor the fewest bytes that cost little; on a graphics processor what its providers run whole. */
const usual = {
  processor: ['int8', 'fp32', 'fp16', 'q4', 'q4f16', 'bnb4'],
  graphics: ['fp32', 'fp16', 'q4f16', 'q4', 'int8', 'bnb4'],
} as const satisfies Record<string, readonly Precision[]>;

/** The form that is best by what was measured. */
export function bestOf(milliseconds: PrecisionChosen['milliseconds']): Precision | undefined {
  const cost = (precision: Precision): number => (milliseconds[precision] ?? Number.POSITIVE_INFINITY) * demanded[precision];
  return (Object.keys(milliseconds) as Precision[]).reduce<Precision | undefined>(
    (best, one) => (best === undefined || cost(one) < cost(best) ? one : best),
    undefined,
  );
}

/** The form that is taken where none is measured. */
export const usualOf = (precisions: readonly Precision[], device: Device = 'cpu'): Precision =>
  usual[device === 'cpu' ? 'processor' : 'graphics'].find((one) => precisions.includes(one)) ?? (precisions[0] as Precision);

/**
 * The form that this processor runs best, measured once in well under a second and remembered for the processor, the runtime and the model in `precision.json` of the cache
 * folder, which may be deleted at any time. Where a graphics processor is asked for, or none can be measured, the usual one.
 */
export async function choosePrecision(question: PrecisionQuestion, options: ChooseOptions): Promise<PrecisionChosen> {
  const { model, precisions } = question;
  const known = await rememberedPrecision(question, options);
  if (known !== undefined) return known;
  const asUsual = { model, precision: usualOf(precisions, options.device), milliseconds: {}, isNew: false };
  if ((options.device ?? 'cpu') !== 'cpu') return asUsual;
  const key = await keyOf(question, options);
  if (key === undefined) return asUsual;
  const measuring = running.get(key.text) ?? measurePrecisions(key.runtime, precisions).catch(() => ({}));
  running.set(key.text, measuring);
  const milliseconds = await measuring;
  throwIfStopped(options.signal);
  const precision = bestOf(milliseconds);
  if (precision === undefined) return asUsual;
  return { ...(await remember(options.cache, key.text, { model, precision, milliseconds })), isNew: true };
}

/** What was chosen before, of this question on this machine. */
export async function rememberedPrecision(question: PrecisionQuestion, options: ChooseOptions): Promise<PrecisionChosen | undefined> {
  if ((options.device ?? 'cpu') !== 'cpu') return undefined;
  const key = await keyOf(question, options);
  const known = key === undefined ? undefined : (await readBook(bookIn(options.cache)))[key.text];
  if (known === undefined || !question.precisions.includes(known.precision)) return undefined;
  return { ...known, isNew: false };
}

/** Milliseconds of a run in each form on one thread, in a worker of its own. */
export function measurePrecisions(runtime: RuntimeName, precisions: readonly Precision[]): Promise<PrecisionChosen['milliseconds']> {
  const file = new URL(import.meta.url.endsWith('.ts') ? './run/probe.ts' : './run/probe.js', import.meta.url);
  return new Promise((resolve, reject) => {
    const workerData: ProbeStart = { runtime, precisions: usual.processor.filter((one) => precisions.includes(one)) };
    const worker = new Worker(file, { workerData, execArgv: [] });
    worker.on('message', (answer: { readonly milliseconds?: PrecisionChosen['milliseconds']; readonly failure?: string }) => {
      void worker.terminate();
      if (answer.milliseconds === undefined) reject(new Error(answer.failure));
      else resolve(answer.milliseconds);
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the worker ended')));
  });
}

/** Measurements that are going on: who asks the same meanwhile gets the same. */
const running = new Map<string, Promise<PrecisionChosen['milliseconds']>>();

async function keyOf(
  { files, precisions }: PrecisionQuestion,
  { runtime: wanted = 'auto' }: ChooseOptions,
): Promise<{ readonly text: string; readonly runtime: RuntimeName } | undefined> {
  const chosen = await chooseRuntime(wanted).catch(() => undefined);
  if (chosen === undefined) return undefined;
  const { version } = await openRuntime(chosen.name);
  const processor = [cpus()[0]?.model.trim() ?? process.arch, instructions() ?? process.arch].join(', ');
  return { text: [processor, `${chosen.name} ${version}`, precisions.toSorted().join(' '), files].join(' | '), runtime: chosen.name };
}

const bookIn = (cache: string): string => join(cache, 'precision.json');

type Book = Readonly<Record<string, Omit<PrecisionChosen, 'isNew'>>>;

/** A file that is missing or cannot be read counts as empty: then it is measured again. */
async function readBook(path: string): Promise<Book> {
  const content = await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined) return {};
  const { z } = await import('zod');
  const precision = z.enum(['fp32', 'fp16', 'int8', 'q4', 'q4f16', 'bnb4']);
  const chosen = z.object({ model: z.string(), precision, milliseconds: z.partialRecord(precision, z.number()) });
  const book = z.object({ version: z.literal(1), chosen: z.record(z.string(), chosen) });
  try {
    return book.parse(JSON.parse(content)).chosen;
  } catch {
    return {};
  }
}

/** What is remembered afterwards: another process's, where it was faster. Where the cache cannot be written nothing is. */
async function remember(cache: string, key: string, chosen: Omit<PrecisionChosen, 'isNew'>): Promise<Omit<PrecisionChosen, 'isNew'>> {
  const path = bookIn(cache);
  const next = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const book = await readBook(path);
  const first = book[key];
  if (first !== undefined) return first;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(next, `${JSON.stringify({ version: 1, chosen: { ...book, [key]: chosen } }, null, 2)}\n`);
    await rename(next, path);
  } catch {
    await rm(next, { force: true }).catch(() => undefined);
  }
  return chosen;
}
