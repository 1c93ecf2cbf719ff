import { readPipelines } from '../../assemble/pipelines.ts';
import { FinetoothError } from '../../errors.ts';
import { toHtml, toMarkdown, toText } from '../../eval/index.ts';
import { evaluate } from '../../tasks/evaluate.ts';
import { command } from '../command.ts';
import { dataFlags, dataOptions } from '../data-flags.ts';
import { saveText } from '../save.ts';

export const evalCommand = command({
  name: 'eval',
  about: 'Measure pipelines or finished runs on judged queries: quality with confidence intervals, time and cost.',
  takes: [],
  options: [
    'run',
    'pipelines',
    'calibration',
    'fallback',
    'strict',
    'scoreCache',
    'firstStageRun',
    'types',
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
    ...dataFlags,
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
      ...(await dataOptions(run)),
      types: flags.types,
      measures: flags.measures,
      dropEmpty: flags.dropEmpty,
      seed: flags.seed,
      resamples: flags.resamples,
      checks: !flags.skipChecks,
      runs: flags.run,
      pipelines,
      fallback: flags.fallback,
      strict: flags.strict || undefined,
      calibration: flags.calibration,
      scoreCache: flags.scoreCache,
      firstStageRun: flags.firstStageRun,
      gates: flags.gate,
      baseline: flags.baseline,
      cutOffs,
    });
    terminal.progress('');
    if (flags.html !== undefined) await saveText(flags.html, await toHtml(report));
    if (flags.markdown !== undefined) await saveText(flags.markdown, toMarkdown(report));
    if (flags.json) terminal.json(report);
    else terminal.write(toText(report, terminal.columns));
    const failed = report.gates.filter(({ passed }) => !passed);
    if (failed.length === 0) return;
    const [first] = failed;
    throw new FinetoothError(
      'E_GATE',
      `${failed.length} of ${report.gates.length} gates did not hold, first "${first?.gate}" for "${first?.pipeline}": ${first?.found}.`,
    );
  },
});

function cutOffsOf(words: readonly string[] | undefined): readonly number[] | undefined {
  if (words === undefined) return undefined;
  if (words.length === 1 && words[0] === 'none') return [];
  return words.map((word) => {
    if (/^\d+$/.test(word)) return Number(word);
    throw new FinetoothError('E_USAGE', `--cut-offs takes whole numbers separated by commas, or "none"; got "${word}".`);
  });
}
