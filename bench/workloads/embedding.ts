/** Texts to vectors a second: ours against raw onnxruntime and against transformers.js, the same model file in all. */

import { openModel } from '../../src/embedders.ts';
import { dot } from '../../src/math/vectors.ts';
import { type Child, startChild } from '../child.ts';
import type { ContenderFiles, PassAnswer, PassRequest } from '../contenders/contender.ts';
import { installPeer } from '../install-peer.ts';
import { type Bar, fixed, median, type Table, times, type Workload } from '../report.ts';
import { textsOfMixedLength, textsOfTokens } from '../texts.ts';

/** Undisturbed rounds that are wanted of each load; beyond the time limit what there is must do. */
const ROUNDS = 5;
const LOAD_SECONDS = 110;
const LEAST_ROUNDS = 3;
/** A round is undisturbed when other processes took no more than that of one processor in each of its passes. */
const QUIET_CORES = 0.15;
const DIMENSIONS = 384;
/** Least mean cosine between our vectors and a peer's: they quantise activations over a batch, we over one text. */
const AGREEMENT = 0.98;
const MIXED_BAR = 1.5;

const ours = 'finetooth';
const natural = 'transformers.js, batches of 32';
const contenders: Readonly<Record<string, { readonly file: string; readonly batch?: number }>> = {
  'onnxruntime, one text a run': { file: 'contenders/onnxruntime.ts' },
  [natural]: { file: 'contenders/transformers.ts', batch: 32 },
  'transformers.js, batches of 8': { file: 'contenders/transformers.ts', batch: 8 },
  'transformers.js, batches of 1': { file: 'contenders/transformers.ts', batch: 1 },
  [ours]: { file: 'contenders/finetooth.ts' },
};

const mixed = 'mixed lengths, 8 to 400 tokens';
const loads: Readonly<Record<string, readonly string[]>> = {
  [mixed]: textsOfMixedLength(512, { median: 64 }),
  '64 tokens each': textsOfTokens(256, 64),
  '128 tokens each': textsOfTokens(192, 128),
};

const meanCosine = (a: Float32Array, b: Float32Array): number => {
  const rows = a.length / DIMENSIONS;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += dot(a, row * DIMENSIONS, b, row * DIMENSIONS, DIMENSIONS);
  return sum / rows;
};

/** Fetches the model where it is missing; the contenders open the same file. */
const sharedFiles = async (): Promise<ContenderFiles> => {
  const model = await openModel('all-MiniLM-L6-v2', { threads: 1 });
  await model.ready;
  const { modelPath, tokenizerPath, entry } = model.files;
  await model.close();
  return { modelPath, tokenizerPath, maxTokens: entry.maxTokens };
};

/** One pass of each contender. */
interface Round {
  readonly milliseconds: Record<string, number>;
  /** Processors that other processes kept busy meanwhile. */
  readonly othersCores: Record<string, number>;
}

interface Measured {
  readonly rounds: readonly Round[];
  readonly undisturbed: number;
  /** Milliseconds of the passes that count, by contender: of the undisturbed rounds, or of all where those are too few. */
  readonly passes: Readonly<Record<string, readonly number[]>>;
  /** Mean cosine with our vectors, by contender. */
  readonly agreement: Readonly<Record<string, number>>;
}

/** One warm-up, then rounds in which each contender has one pass. */
const measure = async (children: ReadonlyMap<string, Child>, texts: readonly string[], say: (line: string) => void): Promise<Measured> => {
  const pass = (child: Child, withVectors: boolean): Promise<PassAnswer> => {
    const request: PassRequest = { texts, withVectors };
    return child.ask(request);
  };
  const vectors = new Map<string, Float32Array>();
  for (const [name, child] of children) vectors.set(name, (await pass(child, true)).vectors as Float32Array);
  const rounds: Round[] = [];
  const started = performance.now();
  const undisturbed = (): readonly Round[] => rounds.filter((round) => Math.max(...Object.values(round.othersCores)) <= QUIET_CORES);
  const enough = (): boolean =>
    undisturbed().length >= ROUNDS || (rounds.length >= LEAST_ROUNDS && performance.now() - started > LOAD_SECONDS * 1000);
  while (!enough()) {
    const round: Round = { milliseconds: {}, othersCores: {} };
    for (const [name, child] of children) {
      say(`round ${rounds.length + 1}, ${undisturbed().length} of ${ROUNDS} undisturbed: ${name}`);
      const { milliseconds, othersCores } = await pass(child, false);
      round.milliseconds[name] = milliseconds;
      round.othersCores[name] = othersCores;
    }
    rounds.push(round);
  }
  const used = undisturbed().length >= LEAST_ROUNDS ? undisturbed() : rounds;
  const passes = Object.fromEntries([...children.keys()].map((name) => [name, used.map((one) => one.milliseconds[name] as number)]));
  const own = vectors.get(ours) as Float32Array;
  return {
    rounds,
    undisturbed: undisturbed().length,
    passes,
    agreement: Object.fromEntries([...vectors].map(([name, theirs]) => [name, meanCosine(own, theirs)])),
  };
};

const tableOf = (title: string, count: number, { passes, agreement, rounds, undisturbed }: Measured): Table => {
  const own = median(passes[ours] ?? []);
  return {
    title: `${title}: ${count} texts, texts a second; ${undisturbed} of ${rounds.length} rounds undisturbed${undisturbed < LEAST_ROUNDS ? ', so all count: THE MACHINE WAS BUSY' : ''}`,
    columns: ['', 'min', 'median', 'max', 'finetooth / this', 'cosine with ours'],
    rows: Object.entries(passes).map(([name, milliseconds]) => {
      const rate = (value: number): string => fixed((1000 * count) / value);
      return [
        name,
        rate(Math.max(...milliseconds)),
        rate(median(milliseconds)),
        rate(Math.min(...milliseconds)),
        times(median(milliseconds), own),
        fixed(agreement[name] ?? Number.NaN, 4),
      ];
    }),
  };
};

const barsOf = (load: string, { passes, agreement }: Measured): Bar[] => {
  const ratioTo = (name: string): number => median(passes[name] ?? []) / median(passes[ours] ?? []);
  const peers = Object.keys(passes).filter((name) => name.startsWith('transformers.js'));
  const best = Math.min(...peers.map(ratioTo));
  const least = load === mixed ? MIXED_BAR : 1;
  const worst = Math.min(...Object.values(agreement));
  return [
    { claim: `${load}: at least ${least} x ${natural}`, got: `${fixed(ratioTo(natural), 2)} x`, holds: ratioTo(natural) >= least },
    { claim: `${load}: not slower than transformers.js at its best batch size`, got: `${fixed(best, 2)} x`, holds: best >= 1 },
    { claim: `${load}: mean cosine with every contender above ${AGREEMENT}`, got: fixed(worst, 4), holds: worst > AGREEMENT },
  ];
};

export const embedding: Workload = {
  about: 'texts a second, all-MiniLM-L6-v2 int8, 2 threads, against onnxruntime-node and transformers.js',
  run: async ({ say }) => {
    const files = await sharedFiles();
    say('installing the peer');
    await installPeer(files);
    const children = new Map(
      Object.entries(contenders).map(([name, { file, batch }]) => [
        name,
        startChild(file, [JSON.stringify(files), ...(batch === undefined ? [] : [String(batch)])]),
      ]),
    );
    const measured: Record<string, Measured> = {};
    for (const [load, texts] of Object.entries(loads)) measured[load] = await measure(children, texts, say);
    const peaks: Record<string, number> = {};
    for (const [name, child] of children) peaks[name] = (await child.close()).peakMegabytes;
    const memory: Table = {
      title: 'largest resident memory over all loads',
      columns: ['', 'MB', 'this / finetooth'],
      rows: Object.entries(peaks).map(([name, peak]) => [name, fixed(peak, 0), times(peak, peaks[ours] as number)]),
    };
    return {
      tables: [...Object.entries(measured).map(([load, one]) => tableOf(load, loads[load]?.length ?? 0, one)), memory],
      bars: Object.entries(measured).flatMap(([load, one]) => barsOf(load, one)),
      raw: {
        window: files.maxTokens,
        loads: Object.entries(measured).map(([load, { rounds, undisturbed, agreement }]) => ({ load, rounds, undisturbed, agreement })),
        peakMegabytes: peaks,
      },
    };
  },
};
