import { signal } from '@preact/signals';
import type { JudgmentsAnswer } from '../../src/server/indexes/judged-forms.ts';
import { askJson } from '../api/client.ts';
import { ApiError, isOffline } from '../api/errors.ts';
import { pause, retryAfter } from '../state/run.ts';
import { type Change, changes, type Grades, kept, own, unsaved, version, without } from './judged-state.ts';

export interface Saving {
  /** `waiting`: it is tried again by itself. `failed`: it is not. */
  readonly status: 'saved' | 'saving' | 'waiting' | 'failed';
  readonly failure?: ApiError;
}

export const saving = signal<Saving>({ status: 'saved' });

/** Told of what the server has made: the index, and keys of judgments. */
type OnSaved = (index: string, keys: readonly string[]) => void;

/** In one request. */
const MOST = 1000;
let isSending = false;
let poke = new AbortController();

/** Sends what is not acknowledged, one request after the other, for as long as asking again may help. */
export async function send(onSaved: OnSaved): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    for (let tries = 0; unsaved.peek() > 0; ) {
      if (tries === 0) saving.value = { status: 'saving' };
      const failure = await save(onSaved);
      if (failure === undefined) {
        tries = 0;
        continue;
      }
      const wait = retryAfter(failure, tries++);
      saving.value = { status: wait === undefined ? 'failed' : 'waiting', failure };
      if (wait === undefined) return;
      poke = new AbortController();
      await pause(wait, poke.signal, isOffline(failure)).catch(() => {});
    }
    saving.value = { status: 'saved' };
  } finally {
    isSending = false;
  }
}

/** Tries again at once what could not be saved. */
export function saveNow(onSaved: OnSaved): void {
  poke.abort();
  send(onSaved);
}

/** Gives up what could not be saved: the page shows what the server has. */
export function discard(): void {
  own.value = without(own.peek(), new Set(changes.peek().keys()));
  changes.value = new Map();
  saving.value = { status: 'saved' };
}

/**
 * One request with what one index is to get. Each judgment says what this tab knew of: another grade that someone gave meanwhile stays, and is shown beside
 * what was given here.
 */
async function save(onSaved: OnSaved): Promise<ApiError | undefined> {
  const [first] = changes.peek().values();
  if (first === undefined) return undefined;
  const { index } = first;
  const batch = [...changes.peek()].filter(([, change]) => change.index === index).slice(0, MOST);
  const judgments = batch.map(([, { query, id, grade, was }]) => ({ query, id, grade, was }));
  try {
    const told = await askJson<JudgmentsAnswer>(`v1/indexes/${index}/judgments`, { method: 'PATCH', json: { judgments } });
    const sent = new Set<Change>(batch.map(([, change]) => change));
    // What was changed again in the meantime is still on its way.
    changes.value = new Map([...changes.peek()].filter(([, change]) => !sent.has(change)));
    const before = kept.peek();
    if (before?.index === index) kept.value = { index, grades: new Map([...before.grades, ...gradesIn(told)]) };
    version.value++;
    const stayed = new Set(told.passed_over?.map(({ query, id }) => JSON.stringify([query, id])));
    onSaved(
      index,
      batch.filter(([, { query, id }]) => !stayed.has(JSON.stringify([query, id]))).map(([key]) => key),
    );
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
  }
}

export const gradesIn = ({ queries }: JudgmentsAnswer): Grades =>
  new Map(queries.map(({ query, grades: ids }) => [query, new Map(Object.entries(ids))]));
