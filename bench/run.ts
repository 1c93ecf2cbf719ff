/**
 * Measures speed and memory as ratios to named peers in the same run.
 * usage: npm run bench [-- WORKLOAD … [--json] [--texts N] [--keep FOLDER] [--first-stages]]
 */
import { parseArgs } from 'node:util';
import { describeMachine, drawOutcome, keep, type Workload } from './report.ts';
import { cascadeBench } from './workloads/cascade.ts';
import { coldStart } from './workloads/cold-start.ts';
import { deadlines } from './workloads/deadlines.ts';
import { effortBench } from './workloads/effort.ts';
import { embedding } from './workloads/embedding.ts';
import { enginesBench } from './workloads/engines.ts';
import { evaluation } from './workloads/evaluation.ts';
import { hostedBench } from './workloads/hosted.ts';
import { lateInteractionBench } from './workloads/late-interaction.ts';
import { memory } from './workloads/memory.ts';
import { reranking } from './workloads/reranking.ts';
import { runtimes } from './workloads/runtimes.ts';
import { search } from './workloads/search.ts';
import { serving } from './workloads/serving.ts';
import { sparseBench } from './workloads/sparse.ts';
import { store } from './workloads/store.ts';

const workloads: Readonly<Record<string, Workload>> = {
  embedding,
  search,
  memory,
  runtimes,
  'cold-start': coldStart,
  store,
  sparse: sparseBench,
  engines: enginesBench,
  evaluation,
  reranking,
  'late-interaction': lateInteractionBench,
  cascade: cascadeBench,
  effort: effortBench,
  deadlines,
  serving,
  hosted: hostedBench,
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    texts: { type: 'string' },
    keep: { type: 'string' },
    'first-stages': { type: 'boolean', default: false },
  },
});

// Databases that a workload has started end with it.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(status));

const say = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
};

const runOne = async (name: string, texts: number | undefined): Promise<void> => {
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`no workload "${name}"; there are ${Object.keys(workloads).join(', ')}`);
  const date = new Date();
  const machine = await describeMachine();
  const outcome = await workload.run({ say, texts, keep: flags.keep, firstStages: flags['first-stages'] });
  say('');
  const run = { workload: name, about: workload.about, date: date.toISOString(), seconds: (Date.now() - date.getTime()) / 1000, machine };
  const path = await keep(name, { ...run, ...outcome }, date);
  if (flags.json) console.log(JSON.stringify({ ...run, ...outcome }));
  else
    console.log(
      `${name}: ${workload.about} (${machine.cpu}, ${machine.instructions})\n\n${drawOutcome(outcome)}\n\n${run.seconds.toFixed(0)} s; every figure is in ${path}\n`,
    );
  if (outcome.bars.some(({ holds }) => !holds)) process.exitCode = 1;
};

const texts = flags.texts === undefined ? undefined : Number(flags.texts);
if (texts !== undefined && !(Number.isInteger(texts) && texts > 0))
  throw new Error(`--texts must be a whole number above 0; got ${flags.texts}`);
for (const name of positionals.length > 0 ? positionals : Object.keys(workloads)) await runOne(name, texts);
