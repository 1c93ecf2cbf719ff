import { useEffect, useState } from 'preact/hooks';
import { askJson } from '../api/client.ts';
import { isAbort } from '../api/errors.ts';
import type { Result } from '../api/types.ts';
import { percent, pipelineWords } from '../parts/wording.ts';
import { type Column, Columns } from '../search/columns.tsx';
import { Status } from '../search/status.tsx';
import { TimeStrip } from '../search/time-strip.tsx';
import { edited } from '../search/toolbar.tsx';
import { type Pipeline, query } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { runs } from '../state/rankings.ts';
import './compare.css';

const names = ['A', 'B'] as const;

/** Two pipelines on the same question: what each makes of it, what only one finds, and how far they agree. */
export function Comparison({ left, right }: { readonly left: Pipeline; readonly right: Pipeline }) {
  const pipelines = [left, right] as const;
  const states = [runs[0].state.value, runs[1].state.value] as const;
  const rankings = states.map(({ ranking }) => ranking);
  const columnOf = (side: 0 | 1): Column => ({
    title: `Pipeline ${names[side]}`,
    about: pipelineWords(pipelines[side]),
    results: rankings[side]?.results ?? [],
    isFirst: false,
    name: `in pipeline ${names[1 - side]}`,
    pipeline: side,
  });
  const isThere = rankings.every((ranking) => ranking !== undefined);
  const isAsked = query.value.trim() !== '';
  return (
    <div class="comparison">
      {isAsked ? (
        <Agreement left={rankings[0]?.results} right={rankings[1]?.results} isDone={states.every(({ status }) => status === 'done')} />
      ) : (
        <p class="hint">Type a query, and both pipelines answer it.</p>
      )}
      <div class="compared">
        {([0, 1] as const).map((side) => (
          <section key={side} class="compared-one" aria-label={`State of pipeline ${names[side]}`}>
            <button type="button" class="pipeline-button" onClick={() => (edited.value = side)}>
              <b>{names[side]}</b> {pipelineWords(pipelines[side])}
            </button>
            <Status run={runs[side]} />
          </section>
        ))}
      </div>
      {isAsked && (
        <>
          <Columns
            columns={[columnOf(0), columnOf(1)]}
            index={index.value}
            isStale={states.some(({ status }) => status === 'asking')}
            isCompared={isThere}
          />
          {([0, 1] as const).map((side) => (
            <TimeStrip key={side} ranking={rankings[side]} name={names[side]} />
          ))}
        </>
      )}
    </div>
  );
}

interface AgreementProps {
  readonly left: readonly Result[] | undefined;
  readonly right: readonly Result[] | undefined;
  readonly isDone: boolean;
}

interface Overlap {
  /** Rank-biased overlap, 0 to 1. */
  readonly rbo: number;
}

/** How many documents both have, and rank-biased overlap, which counts the first places most. */
function Agreement({ left = [], right = [], isDone }: AgreementProps) {
  const [overlap, setOverlap] = useState<Overlap | undefined>(undefined);
  const [leftIds, rightIds] = [left.map(({ id }) => id), right.map(({ id }) => id)];
  useEffect(() => {
    setOverlap(undefined);
    if (!isDone || leftIds.length === 0 || rightIds.length === 0) return;
    const asking = new AbortController();
    askJson<Overlap>('v1/overlap', { json: { left: leftIds, right: rightIds }, signal: asking.signal }).then(
      setOverlap,
      (error: unknown) => {
        // The counts beside it stand without it.
        if (!isAbort(error)) setOverlap(undefined);
      },
    );
    return () => asking.abort();
  }, [isDone, leftIds.join('\n'), rightIds.join('\n')]);
  const inRight = new Set(rightIds);
  const common = leftIds.filter((id) => inRight.has(id)).length;
  const sameTop = leftIds[0] !== undefined && leftIds[0] === rightIds[0];
  return (
    <dl class="agreement" data-done={isDone}>
      <Fact name="only A" value={String(leftIds.length - common)} />
      <Fact name="both" value={String(common)} />
      <Fact name="only B" value={String(rightIds.length - common)} />
      <Fact
        name="rank-biased overlap"
        value={overlap === undefined ? '–' : percent(overlap.rbo)}
        about="100 % where both have the same order; the first places count most"
      />
      <Fact name="first place" value={leftIds.length === 0 || rightIds.length === 0 ? '–' : sameTop ? 'the same' : 'different'} />
    </dl>
  );
}

function Fact({ name, value, about }: { readonly name: string; readonly value: string; readonly about?: string }) {
  return (
    <div title={about}>
      <dt>{name}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}
