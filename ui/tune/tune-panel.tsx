import { signal } from '@preact/signals';
import type { TuneReport } from '../../src/tasks/tune.ts';
import { figure } from '../judge/figure-words.ts';
import { judgedQueries } from '../judge/judgments.ts';
import { saveFile } from '../judge/tools.tsx';
import { Verdict } from '../judge/verdict.tsx';
import { PlotFigure } from '../parts/plot.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { count, percent, pipelineWords } from '../parts/wording.ts';
import { address, go, writeAddress } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { asSent } from './as-sent.ts';
import { type Done, tuning } from './work.ts';
import { WorkBar } from './work-bar.tsx';

/** Judged queries that cross-validation takes. */
const FEWEST = 10;
/** Of those that were tried. */
const SHOWN = 10;

const quick = signal(true);

export function startTuning(): void {
  const name = index.peek()?.name;
  if (name === undefined || judgedQueries.peek().length < FEWEST) return;
  tuning.start(name, { quick: quick.peek() });
}

/** Chooses the cheapest pipeline that is as good as the best, and says whether the gain is more than chance. */
export function TunePanel({ index: name, judged }: { readonly index: string | undefined; readonly judged: number }) {
  const { status, last } = tuning.state.value;
  return (
    <section class="panel" aria-labelledby="tuning">
      <h2 id="tuning">Tune</h2>
      <p class="hint">
        Tries first stages, fusions, numbers of candidates and rerankers by cross-validation: what is stated comes from queries that had no
        part in the choice.
      </p>
      <WorkBar work={tuning} label="Tune" shortcut="o" isReady={name !== undefined && judged >= FEWEST} onStart={startTuning}>
        <label class="work-choice">
          <input type="checkbox" checked={quick.value} onChange={() => (quick.value = !quick.value)} /> quick: no long lists, all fields
          together
        </label>
      </WorkBar>
      {last !== undefined && last.index === name && <Tuned done={last} isOld={status === 'running'} />}
    </section>
  );
}

function Tuned({ done: { report, plots, index: name }, isOld }: { readonly done: Done<TuneReport>; readonly isOld: boolean }) {
  const { chosen, tried, comparison, advice, measure, inSample, heldOut, stability, settings } = report;
  const best = tried.toSorted((a, b) => b.value - a.value).slice(0, SHOWN);
  const pipeline = asSent({ ...chosen });
  const use = { ...address.value, view: 'search' as const, index: name, pipelines: [pipeline] as const, open: undefined };
  const save = (): void => saveFile('tuned.json', new Blob([`${JSON.stringify(chosen, null, 2)}\n`], { type: 'application/json' }));
  return (
    <div class="report" data-old={isOld}>
      <div class="report-head">
        <h3>Chosen: {pipelineWords(pipeline)}</h3>
        <a
          class="button"
          href={`./${writeAddress(use)}`}
          onClick={(event) => {
            event.preventDefault();
            go(use);
          }}
        >
          Search with it
        </a>
        <button type="button" onClick={save}>
          Save as pipeline
        </button>
      </div>
      <p>
        {measure} <strong class="number">{figure(heldOut)}</strong> on queries that had no part in the choice, {figure(inSample)} on those
        that chose it; the same choice in {percent(stability)} of {settings.folds * settings.repeats} folds, over{' '}
        {count(report.queries, 'query', 'queries')}.
      </p>
      <Verdict comparison={comparison} />
      <p>{advice}</p>
      <div class="plots">
        {plots.map((plot) => (
          <PlotFigure key={plot.name} plot={plot} />
        ))}
      </div>
      <Scroll label="The best of those that were tried">
        <table>
          <caption class="hint">
            The best {best.length} of {tried.length}
          </caption>
          <thead>
            <tr>
              <th scope="col">Pipeline</th>
              <th scope="col" class="number">
                {measure}
              </th>
              <th scope="col" class="number">
                Folds that chose it
              </th>
            </tr>
          </thead>
          <tbody>
            {best.map(({ pipeline: one, value, folds }) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td class="number">{figure(value)}</td>
                <td class="number">{folds}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
