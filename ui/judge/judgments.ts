import { computed, signal } from '@preact/signals';
import type { JudgmentsAnswer } from '../../src/server/indexes/judged-forms.ts';
import { askJson } from '../api/client.ts';
import { ApiError, isOffline } from '../api/errors.ts';
import { pause, retryAfter } from '../state/run.ts';

/** Grades by the words of the query, then by document. */
type Grades = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A judgment that the server has not acknowledged; null takes one back. */
interface Change {
  readonly index: string;
  readonly query: string;
  readonly id: string;
  readonly grade: number | null;
  /** What may be there: what the server had when it was given, and what was sent of this pair since, whose answer may have been lost. */
  readonly was: readonly (number | null)[];
}

interface Kept {
  readonly index: string;
  readonly grades: Grades;
}

export interface Saving {
  /** `waiting`: it is tried again by itself. `failed`: it is not. */
  readonly status: 'saved' | 'saving' | 'waiting' | 'failed';
  readonly failure?: ApiError;
}

/** What the server has; undefined until it has said so. */
const kept = signal<Kept | undefined>(undefined);
const changes = signal<ReadonlyMap<string, Change>>(new Map());
const given = signal<readonly (Omit<Change, 'was'> & { readonly before: number | null })[]>([]);

export const saving = signal<Saving>({ status: 'saved' });
export const loadFailure = signal<ApiError | undefined>(undefined);
export const gradeNames = signal<readonly string[]>(['not', 'a little', 'mostly', 'exactly']);
/** Rises with each change that the server has acknowledged, in this tab or another. */
export const version = signal(0);
export const unsaved = computed(() => changes.value.size);
export const canUndo = computed(() => given.value.length > 0);
/** Judgments of this tab that came late, after another grade of someone else, which stays; until the next one is given. */
export const passedOver = signal<readonly { readonly query: string; readonly id: string; readonly there: number | null }[]>([]);
export const isLoaded = computed(() => kept.value !== undefined);

const keyOf = ({ index, query, id }: Pick<Change, 'index' | 'query' | 'id'>): string => JSON.stringify([index, query, id]);

/** What is judged of an index as this tab sees it: what the server has, and on top of it what is on its way. */
export const grades = computed<Grades>(() => {
  const all = new Map([...(kept.value?.grades ?? [])].map(([query, ids]) => [query, new Map(ids)]));
  for (const { index, query, id, grade } of changes.value.values()) {
    if (index !== kept.value?.index) continue;
    const ids = all.get(query) ?? new Map<string, number>();
    all.set(query, ids);
    if (grade === null) ids.delete(id);
    else ids.set(id, grade);
  }
  return all;
});

/** Queries that have a judgment, and how many, the last one first. */
export const judgedQueries = computed(() =>
  [...grades.value]
    .filter(([, { size }]) => size > 0)
    .map(([query, { size }]) => ({ query, count: size }))
    .reverse(),
);

export const gradeOf = (query: string, id: string): number | undefined => grades.value.get(query.trim())?.get(id);

/** Gives a grade, at once on the page and as soon as it can be at the server. */
export function give(index: string, query: string, id: string, grade: number | null): void {
  const change = { index, query: query.trim(), id, grade };
  passedOver.value = [];
  given.value = [...given.peek(), { ...change, before: gradeOf(query, id) ?? null }].slice(-500);
  put(change);
}

/** Takes back the last grade that was given in this tab, and says which. */
export function undo(): { readonly query: string; readonly id: string; readonly grade: number | null } | undefined {
  const last = given.peek().at(-1);
  if (last === undefined) return undefined;
  given.value = given.peek().slice(0, -1);
  put({ index: last.index, query: last.query, id: last.id, grade: last.before });
  return { query: last.query, id: last.id, grade: last.before };
}

/** Tries again at once what could not be saved. */
export function saveNow(): void {
  poke.abort();
  send();
}

/** Gives up what could not be saved: the page shows what the server has. */
export function discard(): void {
  changes.value = new Map();
  saving.value = { status: 'saved' };
}

/** Other tabs of this browser hear of what was saved. */
const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('finetooth-judgments');

/** Keeps up with the judgments of an index, until the returned function is called. */
export function followJudgments(index: string): () => void {
  const stop = new AbortController();
  if (kept.peek()?.index !== index) kept.value = undefined;
  const load = (): void => {
    if (document.visibilityState === 'visible') fetchAll(index, stop.signal);
  };
  const hear = ({ data }: MessageEvent): void => {
    if (data === index) load();
  };
  const warn = (event: BeforeUnloadEvent): void => {
    if (changes.peek().size > 0) event.preventDefault();
  };
  fetchAll(index, stop.signal);
  others?.addEventListener('message', hear);
  document.addEventListener('visibilitychange', load);
  addEventListener('beforeunload', warn);
  return () => {
    stop.abort();
    others?.removeEventListener('message', hear);
    document.removeEventListener('visibilitychange', load);
    removeEventListener('beforeunload', warn);
  };
}

async function fetchAll(index: string, signal: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const told = await askJson<JudgmentsAnswer>(`v1/indexes/${index}/judgments`, { signal });
      loadFailure.value = undefined;
      gradeNames.value = told.grade_names;
      kept.value = { index, grades: gradesIn(told) };
      version.value++;
      return;
    } catch (error) {
      if (signal.aborted) return;
      const failure = error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
      loadFailure.value = failure;
      const wait = retryAfter(failure, tries);
      if (wait === undefined) return;
      await pause(wait, signal, isOffline(failure)).catch(() => {});
      if (signal.aborted) return;
    }
  }
}

function put(change: Omit<Change, 'was'>): void {
  const key = keyOf(change);
  const earlier = changes.peek().get(key);
  const there = kept.peek()?.grades.get(change.query)?.get(change.id) ?? null;
  const was = earlier === undefined ? [there] : [...new Set([...earlier.was, earlier.grade])];
  changes.value = new Map(changes.peek()).set(key, { ...change, was });
  send();
}

/** In one request. */
const MOST = 1000;
let isSending = false;
/** Changes that were sent before, whatever became of them. */
const tried = new WeakSet<Change>();
let poke = new AbortController();

/** Sends what is not acknowledged, one request after the other, for as long as asking again may help. */
async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    for (let tries = 0; ; ) {
      const [first] = changes.peek().values();
      if (first === undefined) break;
      const batch = [...changes.peek().values()].filter(({ index }) => index === first.index).slice(0, MOST);
      if (tries === 0) saving.value = { status: 'saving' };
      const failure = await save(first.index, batch, tries > 0);
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

/** What is sent again comes late: it replaces only what this tab knew of, so that a grade that someone gave meanwhile stays. */
async function save(index: string, batch: readonly Change[], isAgain: boolean): Promise<ApiError | undefined> {
  try {
    const judgments = batch.map((change) => {
      const { query, id, grade, was } = change;
      return { query, id, grade, was: isAgain || tried.has(change) ? was : undefined };
    });
    for (const change of batch) tried.add(change);
    const told = await askJson<JudgmentsAnswer>(`v1/indexes/${index}/judgments`, { method: 'PATCH', json: { judgments } });
    // What was changed again in the meantime is still on its way.
    changes.value = new Map([...changes.peek()].filter(([, change]) => !batch.includes(change)));
    if (kept.peek()?.index === index) kept.value = { index, grades: new Map([...(kept.peek()?.grades ?? []), ...gradesIn(told)]) };
    if (told.passed_over !== undefined && told.passed_over.length > 0) passedOver.value = told.passed_over;
    version.value++;
    others?.postMessage(index);
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
  }
}

const gradesIn = ({ queries }: JudgmentsAnswer): Grades =>
  new Map(queries.map(({ query, grades: ids }) => [query, new Map(Object.entries(ids))]));
