/** Largest resident memory while a whole collection is embedded, against the ceiling that was asked for. */
import { startChild } from '../child.ts';
import { fixed, type Table, times, type Workload } from '../report.ts';

export interface MemoryRequest {
  readonly texts: number;
  /** Megabytes; the product's own default when absent. */
  readonly maxMemory?: number;
}

export interface MemoryAnswer {
  /** From dist/ rather than src/. */
  readonly built: boolean;
  readonly texts: number;
  readonly workers: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Resident megabytes of the process before the model was opened. */
  readonly bareMegabytes: number;
  /** Largest resident megabytes so far, after each tenth of the texts. */
  readonly peaks: readonly number[];
}

const DEFAULT_CEILING = 2048;
/** A low ceiling leaves one worker: a third of the texts is enough to see whether memory grows. */
const LOW_CEILING = 300;
const LOW_SHARE = 1 / 3;

export const memory: Workload = {
  about: 'largest resident memory while texts are embedded in batches of 256, default model',
  run: async ({ texts = 100_000, say }) => {
    const answers = new Map<number, MemoryAnswer>();
    for (const ceiling of [DEFAULT_CEILING, LOW_CEILING]) {
      const count = ceiling === DEFAULT_CEILING ? texts : Math.ceil(texts * LOW_SHARE);
      say(`${count} texts with at most ${ceiling} MB`);
      const child = startChild('contenders/memory.ts');
      const request: MemoryRequest = { texts: count, maxMemory: ceiling === DEFAULT_CEILING ? undefined : ceiling };
      answers.set(ceiling, await child.ask<MemoryAnswer>(request));
      await child.close();
    }
    const peakOf = ({ peaks }: MemoryAnswer): number => peaks.at(-1) as number;
    const built = [...answers.values()].every((answer) => answer.built);
    const table: Table = {
      title: `one text in 2,500 is a full window; megabytes of the whole process, ${built ? 'built' : 'from the sources'}`,
      columns: [
        '--max-memory',
        'workers',
        'bare process',
        'after a tenth',
        'peak',
        'peak / ceiling',
        'peak / after a tenth',
        'texts a second',
      ],
      rows: [...answers].map(([ceiling, answer]) => [
        ceiling === DEFAULT_CEILING ? `${ceiling} (default)` : ceiling,
        answer.texts,
        answer.workers,
        fixed(answer.bareMegabytes, 0),
        fixed(answer.peaks[0] as number, 0),
        fixed(peakOf(answer), 0),
        times(peakOf(answer), ceiling),
        times(peakOf(answer), answer.peaks[0] as number),
        fixed(answer.texts / answer.seconds, 0),
      ]),
    };
    return {
      tables: [table],
      bars: [...answers].map(([ceiling, answer]) => ({
        claim: `the whole process stays below --max-memory ${ceiling}`,
        got: `${fixed(peakOf(answer), 0)} MB`,
        holds: peakOf(answer) < ceiling,
      })),
      raw: Object.fromEntries(answers),
    };
  },
};
