/** What a workload gives back, how it is printed, and where it is kept. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { instructions } from '../src/model/run/instructions.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A claim that a workload holds or misses. */
export interface Bar {
  readonly claim: string;
  readonly got: string;
  readonly holds: boolean;
}

export interface Outcome {
  readonly tables: readonly Table[];
  readonly bars: readonly Bar[];
  /** Every single measurement, with its unit in its name. */
  readonly raw: unknown;
}

export interface WorkloadOptions {
  /** Texts of the memory workload, and of the largest index of the store's. @default 100,000 */
  readonly texts?: number;
  /** A folder of `npm run results -- --keep`, whose indexes and scores the effort workload takes. @default none: both are made anew */
  readonly keep?: string;
  /** Whether the engines workload leaves out token vectors, whole searches and quick starts, so that sizes are comparable up to a million. @default false */
  readonly firstStages?: boolean;
  /** Shown while the work runs. */
  readonly say: (line: string) => void;
}

export interface Workload {
  readonly about: string;
  run(options: WorkloadOptions): Promise<Outcome>;
}

/** The value below which that share (0 to 1) of the values lies; between two values, the nearer one's side by linear interpolation. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const fixed = (value: number, digits = 1): string => value.toFixed(digits);
/** How many times the second the first is. */
export const times = (value: number, peer: number): string => `${(value / peer).toFixed(2)} x`;

const root = join(import.meta.dirname, '..');
const measured = [
  'onnxruntime-node',
  '@huggingface/tokenizers',
  '@lancedb/lancedb',
  '@finetooth/runtime-wasm',
  '@finetooth/model-bge-small-en-v1.5',
];

const versionIn = async (folder: string, name: string): Promise<Readonly<Record<string, string>>> => {
  const path = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(path)) return {};
  return { [name]: (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version };
};

/** What the figures depend on besides the code. */
export const describeMachine = async () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  /** For 8-bit numbers; runs of different kinds do not compare. */
  instructions: instructions() ?? 'unknown',
  cores: cpus().length,
  memoryMegabytes: Math.round(totalmem() / 1e6),
  freeMegabytes: Math.round(freemem() / 1e6),
  /** Mean of the last minute: above 0 at the start, other work was running. */
  load: loadavg()[0],
  platform: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  packages: Object.assign(
    {},
    ...(await Promise.all(measured.map((name) => versionIn(root, name)))),
    await versionIn(join(import.meta.dirname, 'peer'), '@huggingface/transformers'),
  ) as Readonly<Record<string, string>>,
});

export type Machine = Awaited<ReturnType<typeof describeMachine>>;

const drawTable = ({ title, columns, rows }: Table): string => {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number))).join('  '),
  );
  return [title, ...lines].join('\n');
};

export const drawOutcome = ({ tables, bars }: Outcome): string =>
  [
    ...tables.map(drawTable),
    ...(bars.length === 0 ? [] : [bars.map(({ claim, got, holds }) => `${holds ? 'holds ' : 'MISSED'}  ${claim}: ${got}`).join('\n')]),
  ].join('\n\n');

/** Appends to the day's file of that workload on that kind of processor, a list of runs. */
export const keep = async (
  workload: string,
  run: Readonly<Record<string, unknown>> & { machine: Machine },
  date: Date,
): Promise<string> => {
  const folder = join(import.meta.dirname, 'runs');
  const kind = run.machine.instructions.toLowerCase().replaceAll(' ', '-');
  const path = join(folder, `${workload}-${kind}-${date.toISOString().slice(0, 10)}.json`);
  await mkdir(folder, { recursive: true });
  const before = existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as unknown[]) : [];
  await writeFile(path, `${JSON.stringify([...before, run], null, 1)}\n`);
  return path;
};
