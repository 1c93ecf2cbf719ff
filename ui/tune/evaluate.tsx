import { signal } from '@preact/signals';
import { judgedQueries } from '../judge/judgments.ts';
import { listsOf, type NamedPipeline, sentOf } from '../judge/lists.ts';
import { address } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { Report } from './report.tsx';
import { evaluation } from './work.ts';
import { WorkBar } from './work-bar.tsx';

/** Those that `finetooth eval` compares where no one says. */
const usual: readonly NamedPipeline[] = [
  { name: 'dense', pipeline: { first_stage: 'dense', candidates: 100, reranker: null } },
  { name: 'bm25', pipeline: { first_stage: 'bm25', candidates: 100, reranker: null } },
  { name: 'hybrid', pipeline: { first_stage: 'hybrid', candidates: 100, reranker: null } },
  { name: 'dense, reranked', pipeline: { first_stage: 'dense', candidates: 100 } },
  { name: 'hybrid, reranked', pipeline: { first_stage: 'hybrid', candidates: 100 } },
];

const left = signal<ReadonlySet<string>>(new Set());

/** The usual ones, and those of the address where they are others. */
function offered(): readonly NamedPipeline[] {
  const { pipelines } = address.value;
  const own = pipelines.filter((one) => Object.keys(one).length > 0);
  return [
    ...usual,
    ...(own.length === 0 ? [] : listsOf(pipelines).map(({ name, pipeline }) => ({ name: `${name} (here)`.slice(0, 100), pipeline }))),
  ];
}

const chosen = (): readonly NamedPipeline[] => offered().filter(({ name }) => !left.value.has(name));

export function startEvaluation(): void {
  const name = index.peek()?.name;
  const pipelines = chosen();
  if (name === undefined || pipelines.length === 0 || judgedQueries.peek().length === 0) return;
  evaluation.start(name, { pipelines: sentOf(pipelines) });
}

/** Which pipelines are compared, and what came of it. */
export function Evaluate({ index: name, judged }: { readonly index: string | undefined; readonly judged: number }) {
  const { status, last } = evaluation.state.value;
  const isRunning = status === 'running';
  const turn = (one: string): void => {
    const next = new Set(left.value);
    if (!next.delete(one)) next.add(one);
    left.value = next;
  };
  return (
    <section class="panel" aria-labelledby="evaluate">
      <h2 id="evaluate">Evaluate pipelines</h2>
      <fieldset class="choices" disabled={isRunning}>
        <legend class="hint">The first is what the others are compared with.</legend>
        {offered().map(({ name: one }) => (
          <label key={one}>
            <input type="checkbox" checked={!left.value.has(one)} onChange={() => turn(one)} /> <bdi>{one}</bdi>
          </label>
        ))}
      </fieldset>
      <WorkBar
        work={evaluation}
        label="Evaluate"
        shortcut="e"
        isReady={name !== undefined && judged > 0 && chosen().length > 0}
        onStart={startEvaluation}
      />
      {last !== undefined && last.index === name && <Report done={last} isOld={isRunning} />}
    </section>
  );
}
