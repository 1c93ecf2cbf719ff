import { readPipelines } from '../../assemble/pipelines.ts';
import { FinetoothError } from '../../errors.ts';
import { toHtml, toMarkdown } from '../../eval/index.ts';
import { evaluate } from '../../tasks/evaluate.ts';
import { command } from '../command.ts';
import { evalTable } from '../eval-table.ts';
import { oneIndex } from '../index-flag.ts';
import { fallbackFlags, fallbackOptions, modelFlags, modelOptions } from '../model-flags.ts';
import { showProgress } from '../progress.ts';
import { saveText } from '../save.ts';

const cutOffsOf = (words: readonly string[] | undefined): readonly number[] | undefined => {
  if (words === undefined) return undefined;
  if (words.length === 1 && words[0] === 'none') return [];
  return words.map((word) => {
    if (/^\d+$/.test(word)) return Number(word);
    throw new FinetoothError('E_USAGE', `--cut-offs takes whole numbers separated by commas, or "none"; got "${word}".`);
  });
};

export const evalCommand = command({
  name: 'eval',
  about: 'Measure pipelines or finished runs on judged queries: quality with certainty, time and cost.',
  takes: [],
  options: [
    'data',
    'qrels',
    'run',
    'pipelines',
    'calibration',
    ...fallbackFlags,
    'scoreCache',
    'firstStageRun',
    'in',
    'fields',
    'measures',
    'gate',
    'baseline',
    'cutOffs',
    'dropEmpty',
    'seed',
    'resamples',
    'skipChecks',
    'html',
    'markdown',
    'work',
    'datasets',
    ...modelFlags,
    'json',
  ],
  examples: [
    'finetooth eval --data ./my-set --pipelines pipelines.json --html report.html',
    'finetooth eval --data ./my-set --first-stage-run bm25.tsv.gz --qrels qrels.full.tsv --pipelines a.json,b.json',
    'finetooth eval --run a.trec --run b.trec --qrels qrels.txt',
    "finetooth eval --data ./my-set --gate 'nDCG@10 >= 0.62' --gate 'p95 <= 120ms' --baseline results/main.json",
  ],
  run: async (run) => {
    const { flags, terminal, signal } = run;
    const cutOffs = cutOffsOf(flags.cutOffs);
    const pipelines = flags.pipelines === undefined ? undefined : await readPipelines(flags.pipelines, signal);
    const report = await evaluate({
      signal,
      models: await modelOptions(run),
      measures: flags.measures,
      dropEmpty: flags.dropEmpty,
      seed: flags.seed,
      resamples: flags.resamples,
      checks: !flags.skipChecks,
      data: flags.data,
      datasetsFolder: flags.datasets,
      judgments: flags.qrels,
      runs: flags.run,
      pipelines,
      calibration: flags.calibration,
      ...fallbackOptions(flags),
      scoreCache: flags.scoreCache,
      firstStageRun: flags.firstStageRun,
      in: oneIndex(flags.in),
      fields: flags.fields,
      embedder: flags.embedder,
      gates: flags.gate,
      baseline: flags.baseline,
      cutOffs,
      workFolder: flags.work,
      onProgress: showProgress(terminal),
    });
    terminal.progress('');
    if (flags.html !== undefined) await saveText(flags.html, await toHtml(report));
    if (flags.markdown !== undefined) await saveText(flags.markdown, toMarkdown(report));
    if (flags.json) terminal.json(report);
    else terminal.write(evalTable(report, terminal.columns));
    const failed = report.gates.filter(({ passed }) => !passed);
    if (failed.length === 0) return;
    const [first] = failed;
    throw new FinetoothError(
      'E_GATE',
      `${failed.length} of ${report.gates.length} gates did not hold, first "${first?.gate}" for "${first?.pipeline}": ${first?.found}.`,
    );
  },
});
