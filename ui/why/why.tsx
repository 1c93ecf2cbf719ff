import type { Result } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { announce } from '../parts/live-region.tsx';
import { readingOf } from '../parts/wording.ts';
import { Level } from '../search/card.tsx';
import { address, go } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { runs } from '../state/rankings.ts';
import type { Ranking } from '../state/run.ts';
import { FieldShares } from './field-shares.tsx';
import { useReasons } from './load.ts';
import { StageScores } from './stage-scores.tsx';
import { WordsMet } from './words-met.tsx';
import './why.css';

/** Why the open result stands where it stands. */
export function Why() {
  const opened = address.value.open;
  const state = runs[opened?.side ?? 0].state.value;
  const ranking = state.status === 'done' ? state.ranking : undefined;
  const at = ranking?.results.findIndex(({ id }) => id === opened?.id) ?? -1;
  const result = ranking?.results[at] ?? ranking?.first.find(({ id }) => id === opened?.id);
  const title = readingOf(result?.document, index.value, opened?.id ?? '').title;
  return (
    <Dialog title={<bdi>{title}</bdi>} open={opened !== undefined} onClose={() => go({ open: undefined })} place="side">
      {ranking === undefined || opened === undefined ? (
        <p class="note">{state.status === 'failed' ? state.failure?.message : 'Waiting for the ranking…'}</p>
      ) : at < 0 || result === undefined ? (
        <p class="note failed">This document is not among the results of this question.</p>
      ) : (
        <Explained key={`${opened.id} ${opened.side}`} ranking={ranking} result={result} at={at} />
      )}
      <Steps ranking={ranking} at={at} />
    </Dialog>
  );
}

interface ExplainedProps {
  readonly ranking: Ranking;
  readonly result: Result;
  /** In the ranking, from 0. */
  readonly at: number;
}

function Explained({ ranking, result, at }: ExplainedProps) {
  const { stored, explained, failure } = useReasons(ranking.asked, result.id, at + 1, () => announce('The explanation is there.'));
  return (
    <div class="why">
      <Place result={result} at={at} />
      {failure !== undefined && (
        <p class="note failed" role="alert">
          {failure.message}
        </p>
      )}
      {stored === undefined ? (
        failure === undefined && <p class="note">Loading the document…</p>
      ) : (
        <WordsMet stored={stored} result={result} explained={explained} isComing={failure === undefined} />
      )}
      <StageScores ranking={ranking} result={result} />
      <FieldShares explained={explained} isComing={failure === undefined} />
    </div>
  );
}

function Place({ result, at }: { readonly result: Result; readonly at: number }) {
  const from = result.first_stage_rank;
  const by = from - (at + 1);
  const moved =
    by === 0 ? 'where the first stage had it' : `${by > 0 ? 'up' : 'down'} ${Math.abs(by)}, from place ${from} in the first stage`;
  return (
    <div class="why-place">
      <p>
        <strong>Place {at + 1}</strong>, {moved}
      </p>
      <Level result={result} />
    </div>
  );
}

/** To the neighbours, without closing. */
function Steps({ ranking, at }: { readonly ranking: Ranking | undefined; readonly at: number }) {
  const open = (place: number): void => {
    const id = ranking?.results[place]?.id;
    if (id !== undefined) go({ open: { id, side: address.value.open?.side ?? 0 } }, { step: false });
  };
  return (
    <div class="why-steps">
      <button type="button" disabled={at < 1} onClick={() => open(at - 1)}>
        ← Place {Math.max(at, 1)}
      </button>
      <button type="button" disabled={at < 0 || at + 1 >= (ranking?.results.length ?? 0)} onClick={() => open(at + 1)}>
        Place {at + 2} →
      </button>
    </div>
  );
}
