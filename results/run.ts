/**
 * Computes every published figure anew and compares it with `published.json`.
 * usage: npm run results [-- WORKLOAD …]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { absence, collection, sha256 } from './collections.ts';
import { measureCollection } from './workloads/collection.ts';
import { guideRun } from './workloads/guide.ts';
import { measureOverRuns } from './workloads/over-run.ts';

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
  /** File in the folder of collections (or of the project, for the sample) whose hash is checked first. */
  readonly data: string;
  readonly sha256: string;
}

type Say = (line: string) => void;
const sample = join(import.meta.dirname, '..', 'samples', 'films');

/** What each workload reads and how it is computed. */
export const workloads: Readonly<
  Record<string, { readonly needs?: string; compute(path: string, say: Say): Promise<Readonly<Record<string, number>>> }>
> = {
  guide: { needs: 'movies/movies.json', compute: (path) => guideRun(path) },
  sample: { compute: (_, say) => measureCollection(sample, say, { fields: ['title', 'overview', 'tagline'] }) },
  dl19: { needs: 'msmarco-dl19', compute: measureOverRuns },
  dl21: { needs: 'msmarco-dl21', compute: measureOverRuns },
  scifact: { needs: 'scifact', compute: measureCollection },
  cranfield: {
    needs: 'cranfield',
    compute: (path, say) => measureCollection(path, say, { also: { 'grades 1 to 4': 'qrels.graded.tsv' } }),
  },
  cisi: { needs: 'cisi', compute: measureCollection },
  vaswani: { needs: 'vaswani', compute: measureCollection },
  cosqa: { needs: 'cosqa', compute: measureCollection },
};

export const readPublished = async (): Promise<readonly Published[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'published.json'), 'utf8')) as Published[];

/** One line a figure; false when one is off. */
const check = async (name: string, published: readonly Published[], say: Say): Promise<boolean> => {
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`no workload "${name}"; there are ${Object.keys(workloads).join(', ')}`);
  const path = workload.needs === undefined ? sample : collection(workload.needs);
  if (path === undefined) {
    console.log(`${name}: skipped, ${absence(workload.needs as string)}`);
    return true;
  }
  for (const { data, sha256: expected } of published) {
    const file = data.startsWith('samples/') ? join(import.meta.dirname, '..', data) : collection(data);
    if (file === undefined || sha256(file) !== expected)
      throw new Error(`${data} is not the file whose figures are published (sha256 ${expected})`);
  }
  const started = performance.now();
  const values = await workload.compute(path, say);
  say('');
  let right = true;
  for (const [value, got] of Object.entries(values)) {
    const known = published.find((one) => one.value === value);
    const fits = known === undefined || Math.abs(got - known.expected) <= known.tolerance;
    right &&= fits;
    const verdict = known === undefined ? 'not published' : `${fits ? 'as published' : 'OFF'}: ${known.expected} ± ${known.tolerance}`;
    console.log(`${name}  ${value.padEnd(50)} ${Number.isInteger(got) ? got : got.toFixed(4)}  ${verdict}`);
  }
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return right;
};

if (import.meta.main) {
  const say: Say = (line) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  };
  const published = await readPublished();
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : Object.keys(workloads)) {
    if (
      !(await check(
        name,
        published.filter((one) => one.workload === name),
        say,
      ))
    )
      process.exitCode = 1;
  }
}
