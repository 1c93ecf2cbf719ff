/** Measures the benchmark's run in a process of its own, from columns in memory or from files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Evaluation, evaluateFile, evaluateRun, type Grades, parseMeasures, readJudgments } from '../../src/eval/index.ts';
import { serve } from '../child.ts';

const [folder, names, queries, rounds] = process.argv.slice(2) as [string, string, string, string];
const measures = parseMeasures(names);
const meansOf = ({ values }: Evaluation): number[] => values.map((one) => one.reduce((sum, value) => sum + value, 0) / one.length);

/** [query][count] */
const columns = (name: string) => {
  const bytes = (kind: string): ArrayBuffer => new Uint8Array(readFileSync(join(folder, `${name}-${kind}`))).buffer;
  const [ids, values] = [new Int32Array(bytes('ids.i32')), new Float64Array(bytes('values.f64'))];
  const count = ids.length / Number(queries);
  return Array.from({ length: Number(queries) }, (_, at) => ({
    ids: ids.subarray(at * count, (at + 1) * count),
    scores: values.subarray(at * count, (at + 1) * count),
  }));
};

const fromMemory = () => {
  const run = new Map(columns('run').map((list, at) => [`q${at}`, list]));
  const judgments = new Map(
    columns('judgments').map(({ ids, scores }, at): [string, Grades] => [
      `q${at}`,
      new Map(Array.from(ids, (id, i) => [id, scores[i] as number])),
    ]),
  );
  let last = evaluateRun(run, judgments, measures);
  const memory = Array.from({ length: Number(rounds) }, () => {
    const started = performance.now();
    last = evaluateRun(run, judgments, measures);
    return performance.now() - started;
  });
  return { memory, means: meansOf(last) };
};

const fromFiles = async () => {
  const started = performance.now();
  const evaluation = await evaluateFile(join(folder, 'run.trec'), await readJudgments(join(folder, 'judgments.trec')), measures);
  return { files: performance.now() - started, fileMeans: meansOf(evaluation) };
};

serve<'memory' | 'files'>(async (request) => (request === 'memory' ? fromMemory() : fromFiles()));
