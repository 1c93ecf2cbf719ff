import { useEffect, useRef } from 'preact/hooks';
import type { MeasureAnswer } from '../../src/server/indexes/measure-route.ts';
import { announce } from '../parts/live-region.tsx';
import { PlotFigure } from '../parts/plot.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { count, percent } from '../parts/wording.ts';
import { figure, signedFigure } from './figure-words.ts';
import { measured, measureFailure } from './measured.ts';
import { Verdict } from './verdict.tsx';

/** What the judgments say: nDCG@10 of both lists with its interval, headroom, and whether the difference is more than chance. */
export function Figures() {
  const told = measured.value;
  useVerdictSpoken(told);
  return (
    <section class="figures" aria-labelledby="figures" aria-busy={told?.complete === false}>
      <h2 id="figures">What the judgments say</h2>
      <p class="hint figures-of">{ofWords(told)}</p>
      {measureFailure.value !== undefined && <p class="note failed">{measureFailure.value.message}</p>}
      {told !== undefined && told.pipelines.length > 0 && <Told told={told} />}
    </section>
  );
}

function ofWords(told: MeasureAnswer | undefined): string {
  if (told === undefined) return 'Measuring…';
  if (told.judged === 0) return 'Grade a document, and both lists are measured.';
  const missing = told.complete ? '' : `; ${told.measured} of ${told.judged} measured so far`;
  const empty = told.without_relevant === 0 ? '' : `; ${told.without_relevant} without a relevant document count as 0`;
  return `${told.measure} over ${count(told.judged, 'judged query', 'judged queries')}${missing}${empty}.`;
}

function Told({ told }: { readonly told: MeasureAnswer }) {
  const [estimates, ...others] = told.plots ?? [];
  return (
    <>
      {told.comparisons.map((comparison) => (
        <Verdict key={comparison.pipeline} comparison={comparison} />
      ))}
      {estimates !== undefined && <PlotFigure plot={estimates} />}
      <Scroll label="Figures of each list">
        <table>
          <thead>
            <tr>
              <th scope="col">List</th>
              <th scope="col" class="number">
                {told.measure}
              </th>
              <th scope="col" class="number">
                Headroom
              </th>
              <th scope="col" class="number">
                Unjudged
              </th>
              {told.query !== undefined && (
                <th scope="col" class="number">
                  This query
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {told.pipelines.map(({ name, value, low, high, headroom, unjudged }) => {
              const here = told.query?.find((one) => one.name === name);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="number">
                    <strong>{figure(value)}</strong>
                    <small>
                      {figure(low)} to {figure(high)}
                    </small>
                  </td>
                  <td class="number">{signedFigure(headroom)}</td>
                  <td class="number">{percent(unjudged)}</td>
                  {told.query !== undefined && (
                    <td class="number">
                      {here?.value === undefined ? '–' : figure(here.value)}
                      <small>{here === undefined ? '' : `${here.unjudged} of ${here.results} unjudged`}</small>
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <p class="hint">
        Headroom: what the best order of the same results would add. Unjudged: of the first ten, what no one graded, which counts as not
        relevant.
      </p>
      {others.length > 0 && (
        <details class="more-plots">
          <summary>More plots</summary>
          {others.map((plot) => (
            <PlotFigure key={plot.name} plot={plot} />
          ))}
        </details>
      )}
    </>
  );
}

/** Says a verdict when it is another one: who listens need not read the panel after each key. */
function useVerdictSpoken(told: MeasureAnswer | undefined): void {
  const said = useRef<string | undefined>(undefined);
  const kind = told?.comparisons[0]?.verdict.split(':')[0]?.replace(/ with \d+.*/, '');
  useEffect(() => {
    if (kind !== undefined && said.current !== undefined && said.current !== kind) announce(`${told?.comparisons[0]?.pipeline}: ${kind}.`);
    said.current = kind;
  }, [kind]);
}
