import { FinetoothError } from '../../errors.ts';
import { type TuneReport, tune } from '../../tasks/tune.ts';
import { counted, figure, probability, signed } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { dataFlags, dataOptions } from '../data-flags.ts';
import { saveText } from '../save.ts';

export const tuneCommand = command({
  name: 'tune',
  about: 'Pick candidates, fusion, fields, reranker and what words weigh in it on your judged queries, and say when the gain is noise.',
  takes: [],
  options: ['measure', 'folds', 'seed', 'resamples', 'save', 'quick', ...dataFlags, 'json'],
  examples: ['finetooth tune --data ./my-set --save tuned.json', 'finetooth tune --data queries.json --in ./movies'],
  run: async (run) => {
    const { flags, terminal } = run;
    if (flags.data === undefined) throw new FinetoothError('E_USAGE', 'tune needs --data, the judged queries.');
    const report = await tune({
      ...(await dataOptions(run)),
      measure: flags.measure,
      folds: flags.folds,
      seed: flags.seed,
      resamples: flags.resamples,
      quick: flags.quick,
    });
    terminal.progress('');
    if (flags.save !== undefined) await saveText(flags.save, `${JSON.stringify(report.chosen, null, 2)}\n`);
    if (flags.json) terminal.json(report);
    else terminal.write(tuneTable(report));
  },
});

function tuneTable(report: TuneReport): string {
  const { chosen, tried, comparison, measure, settings } = report;
  const best = [...tried].sort((a, b) => b.value - a.value).slice(0, 10);
  const width = Math.max(...best.map(({ pipeline }) => pipeline.name.length));
  const all = settings.folds * settings.repeats;
  return `${[
    `${counted(report.queries, 'query', 'queries')}, ${counted(tried.length, 'pipeline')}, ${settings.folds} folds, ${settings.repeats} times. Best by ${measure}, over all queries:`,
    ...best.map(({ pipeline, value, folds }) => `  ${pipeline.name.padEnd(width)}  ${figure(value)}  chosen in ${folds} of ${all} folds`),
    '',
    `Chosen, the cheapest within one standard error of the best: ${JSON.stringify(chosen)}`,
    `${measure} ${figure(report.inSample)} on the queries that chose it, ${figure(report.heldOut)} on queries that had no part in the choice.`,
    `Against the default, on those: ${signed(comparison.difference)} (${signed(comparison.low)} to ${signed(comparison.high)}), p ${probability(comparison.p)}: ${comparison.verdict}.`,
    report.advice,
  ].join('\n')}\n`;
}
