import type { Comparison, EvalReport, QueryChange } from '../../src/eval/report/report.ts';
import { figure } from '../judge/figure-words.ts';
import { type Address, address, go, writeAddress } from '../state/address.ts';
import { asSent } from './as-sent.ts';

export interface ChangesProps {
  readonly comparison: Comparison;
  readonly report: EvalReport;
  readonly index: string;
}

/** The queries that gained and those that lost; each opens in both pipelines, side by side. */
export function Changes({ comparison: { baseline, pipeline, helped = [], hurt = [] }, report, index }: ChangesProps) {
  if (helped.length + hurt.length === 0) return null;
  const pipelineOf = (name: string) => asSent(report.pipelines.find((one) => one.name === name)?.pipeline ?? {});
  const open = (query: string): Address => ({
    ...address.value,
    view: 'search',
    index,
    query,
    filters: {},
    pipelines: [pipelineOf(baseline), pipelineOf(pipeline)],
    open: undefined,
  });
  return (
    <details class="changes" open={report.pipelines.length <= 2}>
      <summary>
        Queries that gain and lose: <bdi>{pipeline}</bdi> against <bdi>{baseline}</bdi> ({helped.length}
        {helped.length === 10 ? ' or more' : ''} up, {hurt.length}
        {hurt.length === 10 ? ' or more' : ''} down)
      </summary>
      <div class="changes-lists">
        <List title="Gained" sign="▲" kind="up" changes={helped} open={open} />
        <List title="Lost" sign="▼" kind="down" changes={hurt} open={open} />
      </div>
    </details>
  );
}

interface ListProps {
  readonly title: string;
  readonly sign: string;
  readonly kind: string;
  readonly changes: readonly QueryChange[];
  readonly open: (query: string) => Address;
}

function List({ title, sign, kind, changes, open }: ListProps) {
  return (
    <section aria-label={title}>
      <h4 class={kind}>
        <span aria-hidden="true">{sign}</span> {title}
      </h4>
      {changes.length === 0 ? (
        <p class="hint">None.</p>
      ) : (
        <ul>
          {changes.map(({ query, text = query, before, after }) => (
            <li key={query}>
              <a href={`./${writeAddress(open(text))}`} dir="auto" onClick={(event) => follow(event, open(text))}>
                {text}
              </a>
              <span class="number hint">
                {figure(before)} → {figure(after)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function follow(event: MouseEvent, to: Address): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(to);
}
