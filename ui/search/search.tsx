import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Downloading } from '../parts/downloading.tsx';
import { lazy } from '../parts/lazy.tsx';
import { memo } from '../parts/memo.ts';
import { firstStageWords, pipelineWords } from '../parts/wording.ts';
import { address, go, query } from '../state/address.ts';
import { index, indexes, indexesFailure, missingIndex } from '../state/indexes.ts';
import { runs } from '../state/rankings.ts';
import type { Ranking, RunState } from '../state/run.ts';
import { type Column, Columns } from './columns.tsx';
import { Filters } from './filters.tsx';
import { indexState, Status } from './status.tsx';
import { TimeStrip } from './time-strip.tsx';
import { Toolbar } from './toolbar.tsx';
import './search.css';

const Why = lazy(() => import('../why/why.tsx').then((module) => module.Why));
const Comparison = lazy(() => import('../compare/comparison.tsx').then((module) => module.Comparison));

/** Entry of the view: what the first stage finds, and what becomes of it. */
export function Search() {
  const [left, right] = address.value.pipelines;
  // Who has results opens one next.
  useEffect(
    () =>
      effect(() => {
        if (runs.some(({ state }) => state.value.status === 'done')) Why.preload();
      }),
    [],
  );
  return (
    <div class="search">
      <h1 class="unseen">Search</h1>
      <Filters />
      <div class="ranking">
        <Toolbar />
        {right === undefined ? <Stages /> : <Comparison left={left} right={right} />}
      </div>
      {address.value.open !== undefined && <Why />}
    </div>
  );
}

/** One pipeline: the first stage on the left, what reranking makes of it on the right. It stays as it is when a result opens. */
const Stages = memo(function Stages() {
  const state = runs[0].state.value;
  const { ranking } = state;
  if (query.value.trim() === '' || (ranking === undefined && state.status !== 'asking')) return <Nothing state={state} />;
  return (
    <>
      <Status run={runs[0]} />
      {ranking === undefined ? (
        <Placeholder />
      ) : (
        <Columns
          columns={columnsOf(ranking)}
          index={index.value}
          isStale={state.status === 'asking'}
          isCompared={ranking.results !== ranking.first}
        />
      )}
      <TimeStrip ranking={state.status === 'asking' ? undefined : ranking} />
    </>
  );
});

function columnsOf({ asked: { pipeline }, first, results, answer }: Ranking): readonly [Column, Column] {
  const found = firstStageWords[String(pipeline.first_stage ?? 'dense')] ?? String(pipeline.first_stage);
  const isReranked = pipeline.reranker !== null;
  return [
    { title: 'First stage', about: `Found by ${found}`, results: first, isFirst: true, name: 'in the first stage', pipeline: 0 },
    {
      title: isReranked ? 'Reranked' : 'Not reranked',
      about: answer === undefined ? 'Best order so far' : pipelineWords(pipeline),
      results,
      isFirst: false,
      name: 'after reranking',
      pipeline: 0,
    },
  ];
}

/** Before the first question, and where there is nothing to show of it. */
function Nothing({ state }: { readonly state: RunState }) {
  const own = indexState();
  if (state.status !== 'idle' && query.value.trim() !== '') return <Status run={runs[0]} />;
  if (indexes.value === undefined && indexesFailure.value !== undefined)
    return <Empty words="The server does not answer." detail={`${indexesFailure.value.message} Trying to reach it…`} />;
  if (indexes.value === undefined) return <Empty words="Loading…" />;
  if (missingIndex.value !== undefined)
    return <Empty words={`There is no index "${missingIndex.value}" here.`} detail="Choose another one above, or add files to make one." />;
  if (index.value === undefined) return <Empty words="There is no index yet." detail="Add files, and they become one." />;
  if (own !== undefined)
    return (
      <Empty {...own}>
        <Downloading isWaiting={index.value.opening === true} />
      </Empty>
    );
  return (
    <Empty
      words="Type what you are looking for."
      detail="Results come with each letter: first by a quick search, then in the order of the reranker. Each goes along a line from its old place to the new one."
    >
      {index.value.name === 'films' && (
        <ul class="examples" aria-label="Examples">
          {examples.map((one) => (
            <li key={one}>
              <button type="button" onClick={() => go({ query: one })}>
                {one}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Empty>
  );
}

/** For the bundled films. */
const examples = ['a robot left alone on earth', 'dreams inside dreams', 'shark terrorises a beach town', 'someone relives the same day'];

function Empty({
  words,
  detail,
  children,
}: {
  readonly words: string;
  readonly detail?: string;
  readonly children?: preact.ComponentChildren;
}) {
  return (
    <div class="empty">
      <p key={words} class="empty-words">
        {words}
      </p>
      {detail !== undefined && (
        <p key={detail} class="hint">
          {detail}
        </p>
      )}
      {children}
    </div>
  );
}

/** Cards without words, where the first results will stand. */
function Placeholder() {
  return (
    <div class="columns stages placeholder" aria-hidden="true">
      {[0, 1].map((side) => (
        <section key={side} class="column">
          <header class="column-head" />
          <ol class="cards" data-side={side} style={{ '--count': 8 }}>
            {Array.from({ length: 8 }, (_, i) => (
              <li key={i} style={{ '--at': i }}>
                <div class="card" />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
