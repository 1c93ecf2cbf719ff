import { useEffect } from 'preact/hooks';
import { followJudgments, judgedQueries } from '../judge/judgments.ts';
import { useKeys } from '../parts/keys.tsx';
import { count } from '../parts/wording.ts';
import { go } from '../state/address.ts';
import { index, missingIndex } from '../state/indexes.ts';
import { Evaluate, startEvaluation } from './evaluate.tsx';
import { startTuning, TunePanel } from './tune-panel.tsx';
import { evaluation, tuning } from './work.ts';
import './tune.css';

/** Fewer give no verdict, and none are tuned on. */
export const FEWEST = 10;

/** Entry of the view: pipelines measured on what was judged, and the best of many chosen. */
export function Tune() {
  const name = index.value?.name;
  useEffect(() => (name === undefined ? undefined : followJudgments(name)), [name]);
  useKeys('Tuning', [
    { key: 'e', about: 'evaluate the pipelines', run: startEvaluation },
    { key: 'o', about: 'tune', run: startTuning },
    {
      key: '.',
      about: 'cancel what runs',
      run: () => {
        for (const work of [evaluation, tuning]) if (work.state.peek().status === 'running') work.cancel();
      },
    },
  ]);
  const judged = judgedQueries.value.length;
  return (
    <div class="tune">
      <h1>Evaluate and tune</h1>
      <p class="tune-of">
        {missingIndex.value !== undefined ? (
          `There is no index "${missingIndex.value}" here. Choose another one above.`
        ) : name === undefined ? (
          'There is no index yet.'
        ) : judged === 0 ? (
          <>
            No one has judged <bdi>{name}</bdi> yet. <Link />
          </>
        ) : (
          <>
            On {count(judged, 'judged query', 'judged queries')} of <bdi>{name}</bdi>.{' '}
            {judged < FEWEST && `Tuning takes ${FEWEST}; verdicts seldom come with fewer than thirty. `}
            {judged < 30 && <Link />}
          </>
        )}
      </p>
      <Evaluate index={name} judged={judged} />
      <TunePanel index={name} judged={judged} />
    </div>
  );
}

const Link = () => (
  <a
    href="./?view=judge"
    onClick={(event) => {
      event.preventDefault();
      go({ view: 'judge' });
    }}
  >
    Judge more
  </a>
);
