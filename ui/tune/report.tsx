import type { EvalReport } from '../../src/eval/report/report.ts';
import { figure, signedFigure } from '../judge/figure-words.ts';
import { saveFile } from '../judge/tools.tsx';
import { Verdict } from '../judge/verdict.tsx';
import { Drawing, PlotFigure } from '../parts/plot.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { count, percent, tookWords } from '../parts/wording.ts';
import { Changes } from './changes.tsx';
import type { Done } from './work.ts';

/** What an evaluation says: figures of each pipeline, verdicts, plots, and the queries behind them. */
export function Report({ done: { report, plots, index }, isOld }: { readonly done: Done<EvalReport>; readonly isOld: boolean }) {
  const { primary, pipelines, comparisons, warnings } = report;
  const shown = comparisons.filter(({ measure }) => measure === primary);
  const save = (): void => saveFile('evaluation.json', new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
  return (
    <div class="report" data-old={isOld}>
      <div class="report-head">
        <h3>
          {primary} over {count(report.queries, 'query', 'queries')}
        </h3>
        <button type="button" onClick={save}>
          Save as JSON
        </button>
      </div>
      <Scroll label="Figures of each pipeline">
        <table>
          <thead>
            <tr>
              <th scope="col">Pipeline</th>
              <th scope="col" class="number">
                {primary}
              </th>
              <th scope="col" class="number">
                Headroom
              </th>
              <th scope="col" class="number">
                Median time
              </th>
              <th scope="col" class="number">
                Unjudged
              </th>
            </tr>
          </thead>
          <tbody>
            {pipelines.map(({ name, measures, headroom, latency, unjudged }, at) => {
              const estimate = measures[primary];
              return (
                <tr key={name}>
                  <th scope="row">
                    <Sign plots={plots} name={name} /> <bdi>{name}</bdi>
                    {at === 0 && <small>the others are compared with it</small>}
                  </th>
                  <td class="number">
                    <strong>{estimate === undefined ? '–' : figure(estimate.value)}</strong>
                    <small>{estimate === undefined ? '' : `${figure(estimate.low)} to ${figure(estimate.high)}`}</small>
                  </td>
                  <td class="number">{headroom?.[primary] === undefined ? '–' : signedFigure(headroom[primary].gain)}</td>
                  <td class="number">{latency.total === undefined ? '–' : tookWords(latency.total.p50)}</td>
                  <td class="number">{percent(unjudged.share)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <div class="verdicts">
        {shown.map((comparison) => (
          <Verdict key={comparison.pipeline} comparison={comparison} />
        ))}
      </div>
      {shown.map((comparison) => (
        <Changes key={comparison.pipeline} comparison={comparison} report={report} index={index} />
      ))}
      <div class="plots">
        {plots.map((plot) => (
          <PlotFigure key={plot.name} plot={plot} />
        ))}
      </div>
      {warnings.length > 0 && (
        <ul class="hint">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** As the plots draw it. */
function Sign({ plots, name }: { readonly plots: Done<EvalReport>['plots']; readonly name: string }) {
  const entry = plots.flatMap(({ legend }) => legend).find(({ names }) => names.length === 1 && names[0] === name);
  return entry === undefined ? null : <Drawing svg={entry.sign} isSign />;
}
