import { FinetoothError } from '../../errors.ts';
import { type CalibrateReport, calibrate } from '../../tasks/calibrate.ts';
import { counted, figure, grouped } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { dataFlags, dataOptions } from '../data-flags.ts';
import { saveText } from '../save.ts';

export const calibrateCommand = command({
  name: 'calibrate',
  about: 'Fit the probability of relevance to the scores of a reranker on your judged queries.',
  takes: [],
  options: ['reranker', 'firstStage', 'candidates', 'relevantFrom', 'method', 'save', ...dataFlags, 'json'],
  examples: [
    'finetooth calibrate --data ./my-set --save calibration.json',
    'finetooth calibrate --data queries.json --in ./movies --reranker late-interaction --method isotonic --save calibration.json',
  ],
  run: async (run) => {
    const { flags, terminal } = run;
    if (flags.data === undefined) throw new FinetoothError('E_USAGE', 'calibrate needs --data, the judged queries.');
    if (flags.reranker?.join() === 'none')
      throw new FinetoothError('E_USAGE', 'calibrate needs a reranker; got none. Name another, or leave it out.');
    const report = await calibrate({
      ...(await dataOptions(run)),
      firstStage: flags.firstStage,
      candidates: flags.candidates,
      relevantFrom: flags.relevantFrom,
      method: flags.method,
      reranker: flags.reranker,
    });
    terminal.progress('');
    if (flags.save !== undefined) await saveText(flags.save, `${JSON.stringify(report.file, null, 2)}\n`);
    if (flags.json) terminal.json(report);
    else terminal.write(table(report));
  },
});

function table({ queries, pairs, relevant, heldOut, before, file }: CalibrateReport): string {
  const row = (name: string, quality: { readonly calibrationError: number; readonly logLoss: number }): string =>
    `  ${name.padEnd(32)}  ${figure(quality.calibrationError)}             ${figure(quality.logLoss)}`;
  return `${[
    `${counted(queries, 'query', 'queries')}, ${counted(pairs, 'scored candidate')}, ${grouped(relevant)} of them relevant; ${file.method}.`,
    '',
    '                                    calibration error  log loss',
    ...(before === undefined ? [] : [row('as the reranker states it', before)]),
    row('fitted, queries not fitted on', heldOut),
    '',
    'On those queries, tenths of the candidates by rising probability: stated, and relevant indeed',
    ...heldOut.bins.map(({ stated, relevant: share, count }) => `  ${figure(stated)}  ${figure(share)}  ${counted(count, 'candidate')}`),
  ].join('\n')}\n`;
}
