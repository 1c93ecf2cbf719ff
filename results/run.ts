/**
 * Computes every published figure anew and compares it with `published.json`.
 * usage: npm run results [-- WORKLOAD … [--publish [--costs]] [--keep FOLDER] [--without SYSTEM …]]
 *
 * `--publish` writes what was computed into `published.json` instead; `--costs` also times searches, which keep their published times without it.
 * `--without 'dense, cross-encoder'` leaves out a system, whose published figures stay as they are.
 * `--keep` leaves indexes and scores in a folder, so that another run computes only what changed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { absence, collection, sha256 } from './collections.ts';
import { measureCollection } from './workloads/collection.ts';
import { guideRun } from './workloads/guide.ts';
import { measureOverRuns } from './workloads/over-run.ts';
import type { Measured, MeasureOptions } from './workloads/tiers.ts';

export interface Published {
  /** Names the run below that computes it. */
  readonly workload: string;
  readonly value: string;
  /** `supplied`: somebody else's run, only scored here. @default finetooth */
  readonly system?: 'finetooth' | 'supplied';
  /** What computes it again. */
  readonly command: string;
  /** nDCG@10 unless the value is a count. */
  readonly expected: number;
  readonly tolerance: number;
  /** Of a whole search, median, on the machine that published it: for comparing systems with each other, never checked. */
  readonly milliseconds?: number;
  /** Kept for a document beside its fields. */
  readonly bytes?: number;
  /** File in the folder of collections (or of the project, for the sample) whose hash is checked first. */
  readonly data: string;
  readonly sha256: string;
}

type Say = (line: string) => void;
const sample = join(import.meta.dirname, '..', 'samples', 'films');

/** What each workload reads and how it is computed. */
export const workloads: Readonly<
  Record<string, { readonly needs?: string; compute(path: string, say: Say, options?: MeasureOptions): Promise<Measured> }>
> = {
  guide: { needs: 'movies/movies.json', compute: (path) => guideRun(path) },
  sample: { compute: (_, say, options) => measureCollection(sample, say, { ...options, fields: ['title', 'overview', 'tagline'] }) },
  dl19: { needs: 'msmarco-dl19', compute: measureOverRuns },
  dl21: { needs: 'msmarco-dl21', compute: measureOverRuns },
  scifact: { needs: 'scifact', compute: measureCollection },
  cranfield: {
    needs: 'cranfield',
    compute: (path, say, options) => measureCollection(path, say, { ...options, also: { 'grades 1 to 4': 'qrels.graded.tsv' } }),
  },
  cisi: { needs: 'cisi', compute: measureCollection },
  vaswani: { needs: 'vaswani', compute: measureCollection },
  cosqa: { needs: 'cosqa', compute: measureCollection },
  'wikiqa-dev': { needs: 'wikiqa-dev', compute: measureCollection },
  'trecqa-dev': { needs: 'trecqa-dev', compute: measureCollection },
};

export const readPublished = async (): Promise<readonly Published[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'published.json'), 'utf8')) as Published[];

const pathOf = ({ needs }: (typeof workloads)[string]): string | undefined => (needs === undefined ? sample : collection(needs));

/** Nothing, where the collection is not on this machine. */
const compute = async (name: string, say: Say, { costs, keep, without }: MeasureOptions): Promise<Measured | undefined> => {
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`no workload "${name}"; there are ${Object.keys(workloads).join(', ')}`);
  const path = pathOf(workload);
  if (path === undefined) {
    console.log(`${name}: skipped, ${absence(workload.needs as string)}`);
    return undefined;
  }
  const started = performance.now();
  const measured = await workload.compute(path, say, { costs, without, keep: keep && join(keep, name) });
  say('');
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return measured;
};

const fileOf = (data: string): string | undefined =>
  data.startsWith('samples/') ? join(import.meta.dirname, '..', data) : collection(data);

/** One line a figure; false when one is off. */
const check = async (name: string, published: readonly Published[], say: Say, options: MeasureOptions): Promise<boolean> => {
  for (const { data, sha256: expected } of published) {
    const file = fileOf(data);
    if (file !== undefined && sha256(file) !== expected)
      throw new Error(`${data} is not the file whose figures are published (sha256 ${expected})`);
  }
  const { values = {} } = (await compute(name, say, { keep: options.keep, without: options.without })) ?? {};
  let right = true;
  for (const [value, got] of Object.entries(values)) {
    const known = published.find((one) => one.value === value);
    const fits = known === undefined || Math.abs(got - known.expected) <= known.tolerance;
    right &&= fits;
    const verdict = known === undefined ? 'not published' : `${fits ? 'as published' : 'OFF'}: ${known.expected} ± ${known.tolerance}`;
    console.log(`${name}  ${value.padEnd(50)} ${Number.isInteger(got) ? got : got.toFixed(4)}  ${verdict}`);
  }
  return right;
};

/** Words need no tolerance but for rounding; models run a little differently on other processors, and few queries weigh more. */
const toleranceOf = (workload: string, value: string, supplied: boolean): number => {
  if (supplied) return 0.00005;
  if (/^bm25($|, grades)/.test(value)) return 0.001;
  return workload === 'sample' ? 0.01 : 0.006;
};

const isLeft = (value: string, { without = [] }: MeasureOptions): boolean => without.includes(value.replace(/, grades.*/, ''));

/** The workload's lines as they were computed now; earlier tolerances are kept. */
const linesFor = async (name: string, known: readonly Published[], say: Say, options: MeasureOptions): Promise<readonly Published[]> => {
  const measured = await compute(name, say, options);
  if (measured === undefined) return known;
  const { needs } = workloads[name] as (typeof workloads)[string];
  const left = Object.fromEntries(known.filter(({ value }) => isLeft(value, options)).map(({ value, expected }) => [value, expected]));
  const order = new Map(known.map(({ value }, at) => [value, at]));
  const placeOf = (value: string): number => order.get(value) ?? order.size;
  const values = Object.entries({ ...measured.values, ...left }).sort(([a], [b]) => placeOf(a) - placeOf(b));
  return values.map(([value, expected]): Published => {
    const before = known.find((one) => one.value === value);
    const run = `${needs}/runs/${value}.top100.tsv.gz`;
    const supplied = collection(run) !== undefined;
    const packed = `${needs}/corpus.jsonl.gz`;
    const whole = collection(packed) === undefined ? `${needs}/corpus.jsonl` : packed;
    const corpus = needs === undefined ? 'samples/films/corpus.jsonl' : /\.\w+$/.test(needs) ? needs : whole;
    const data = supplied ? run : corpus;
    const { milliseconds, bytes } = measured.costs?.[value] ?? before ?? {};
    return {
      workload: name,
      command: `npm run results -- ${name}`,
      value,
      ...(supplied ? { system: 'supplied' } : {}),
      expected: Number(expected.toFixed(4)),
      tolerance: before?.tolerance ?? toleranceOf(name, value, supplied),
      ...(milliseconds === undefined ? {} : { milliseconds: Number(milliseconds.toPrecision(3)) }),
      ...(bytes === undefined ? {} : { bytes: Math.round(bytes) }),
      data,
      sha256: sha256(fileOf(data) as string),
    };
  });
};

if (import.meta.main) {
  const say: Say = (line) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  };
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      publish: { type: 'boolean', default: false },
      costs: { type: 'boolean', default: false },
      keep: { type: 'string' },
      without: { type: 'string', multiple: true },
    },
  });
  for (const name of positionals.length > 0 ? positionals : Object.keys(workloads)) {
    const published = await readPublished();
    const known = published.filter(({ workload }) => workload === name);
    if (!flags.publish) {
      if (!(await check(name, known, say, flags))) process.exitCode = 1;
      continue;
    }
    const lines = await linesFor(name, known, say, flags);
    const all = Object.keys(workloads).flatMap((each) => (each === name ? lines : published.filter(({ workload }) => workload === each)));
    await writeFile(join(import.meta.dirname, 'published.json'), `${JSON.stringify(all, null, 2)}\n`);
    for (const { value, expected } of lines) console.log(`${name}  ${value.padEnd(50)} ${expected}`);
  }
}
