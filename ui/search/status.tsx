import { useEffect } from 'preact/hooks';
import { Downloading } from '../parts/downloading.tsx';
import { announce } from '../parts/live-region.tsx';
import { useNow } from '../parts/use-now.ts';
import { count, firstStageWords, tookWords } from '../parts/wording.ts';
import { filling, growing, index } from '../state/indexes.ts';
import { askReadiness, isReady } from '../state/readiness.ts';
import type { Ranking, Run, RunState } from '../state/run.ts';

/** Milliseconds without a result after which the page says that it is still waiting. */
const SLOW_MS = 1000;

/** What happens with the question, in one line whose place is kept: nothing below it moves. A space at its end, to which words are added later, would count as moved. */
export function Status({ run }: { readonly run: Run }) {
  const state = run.state.value;
  const isWaiting = ['asking', 'ranking', 'refused', 'offline'].includes(state.status);
  const now = useNow(isWaiting);
  const { kind, words, detail } = told(state, now);
  useEffect(() => {
    if (state.status === 'done' || kind !== 'plain') announce(`${words} ${detail ?? ''}`);
  }, [state.status, state.ranking?.answer]);
  const isSlow = state.status === 'asking' && now - state.since > SLOW_MS;
  useEffect(() => {
    if (!isSlow) return;
    askReadiness();
    const timer = setInterval(askReadiness, 2 * SLOW_MS);
    return () => clearInterval(timer);
  }, [isSlow]);
  const canAsk = state.status === 'failed' || state.status === 'refused' || state.status === 'offline';
  return (
    <div class={`status ${kind}`} data-status={state.status}>
      <div>
        <p>
          <strong>{words}</strong>
          {detail === undefined ? null : ` ${detail}`}
        </p>
        <Downloading isWaiting={isSlow} />
      </div>
      {canAsk && (
        <button type="button" onClick={run.again}>
          {state.status === 'failed' ? 'Try again' : 'Ask now'}
        </button>
      )}
    </div>
  );
}

interface Told {
  readonly kind: 'plain' | 'busy' | 'failed' | 'warned';
  readonly words: string;
  readonly detail?: string;
}

function told({ status, ranking, failure, retryAt = 0, since }: RunState, now: number): Told {
  const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000));
  const waited = now - since;
  switch (status) {
    case 'idle':
      return { kind: 'plain', words: '' };
    case 'asking':
      return waited < SLOW_MS
        ? { kind: 'busy', words: 'Searching…' }
        : {
            kind: 'busy',
            words: `Still waiting for the first results: ${tookWords(waited)}.`,
            detail:
              isReady.value === false
                ? 'The server is loading its models; the first time it may have to download them.'
                : 'It may be busy with others.',
          };
    case 'ranking':
      return {
        kind: 'busy',
        words: foundWords(ranking),
        detail: waited < 3 * SLOW_MS ? 'Reranking…' : `Reranking takes ${tookWords(waited)} so far.`,
      };
    case 'refused':
      if (failure?.code === 'E_INDEX_BUILDING')
        return {
          kind: 'busy',
          words: `The index is being made${soFar()}.`,
          detail: `The question is asked again in ${seconds} s, and until it is there.`,
        };
      return { kind: 'warned', words: sentence(failure?.message), detail: `Asked again in ${seconds} s.` };
    case 'offline':
      return {
        kind: 'warned',
        words: 'The server does not answer.',
        detail: ranking === undefined ? 'Trying to reach it…' : 'What is shown is from before. Trying to reach it…',
      };
    case 'failed':
      return { kind: 'failed', words: sentence(failure?.message), detail: failure?.code };
    case 'done':
      return ranking === undefined ? { kind: 'plain', words: '' } : doneWords(ranking);
  }
}

function soFar(): string {
  const building = index.value?.building;
  return building === undefined ? '' : `: ${building.done.toLocaleString('en')} of ${count(building.total, 'document')} are in it`;
}

function doneWords(ranking: Ranking): Told {
  const { answer, results } = ranking;
  const detail = answer?.notes?.join(' ');
  if (results.length === 0)
    return { kind: 'warned', words: 'Nothing was found.', detail: detail ?? 'No document fits the filters, or the index is empty.' };
  if (answer?.complete === false) {
    const scored = answer.results.filter(({ ranked_by: by }) => by !== null).length;
    return {
      kind: 'warned',
      words: `Time was up after ${tookWords(answer.timings.total)}:`,
      detail: `${scored === 0 ? 'nothing was reranked' : `${scored} of ${results.length} were reranked`}, and this is the best order so far. A longer deadline finishes it.`,
    };
  }
  const last = answer?.ranked_by === null ? 'Not reranked.' : `Reranked in ${tookWords(answer?.timings.rerank ?? 0)}.`;
  return { kind: 'plain', words: foundWords(ranking), detail: detail === undefined ? last : `${last} ${detail}` };
}

function foundWords(ranking: Ranking | undefined): string {
  const found = ranking?.first.length ?? 0;
  const first = ranking?.asked.pipeline.first_stage;
  const by = firstStageWords[typeof first === 'string' ? first : 'dense'] ?? String(first);
  const all = index.value?.documents;
  return `${found.toLocaleString('en')}${all === undefined ? '' : ` of ${count(all, 'document')}`} found by ${by}.`;
}

/** What stands in place of results where there is no index to search, or none with documents. */
export function indexState(): { readonly words: string; readonly detail: string } | undefined {
  const one = index.value;
  if (one === undefined) return undefined;
  if (one.error !== undefined) return { words: `The index ${one.name} cannot be opened.`, detail: one.error };
  if (one.opening === true)
    return { words: `The index ${one.name} is being opened.`, detail: 'The first time its model may have to be fetched.' };
  if (one.building !== undefined)
    return {
      words: `The index ${one.name} is being made.`,
      detail: `${one.building.done.toLocaleString('en')} of ${count(one.building.total, 'document')} are in it; it can be searched when all are.`,
    };
  if (filling.value.has(one.name) || growing.value.has(one.name))
    return { words: `The index ${one.name} is being filled.`, detail: `${count(one.documents, 'document')} can be found already.` };
  if (one.documents === 0)
    return { words: `The index ${one.name} has no documents yet.`, detail: 'Add files to it, or choose another index.' };
  return undefined;
}

/** The server's own words, whole. */
const sentence = (words = 'the server failed and gave no reason.'): string => (/[.!?]$/.test(words) ? words : `${words}.`);
