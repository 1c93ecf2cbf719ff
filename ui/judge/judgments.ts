import { computed, signal } from '@preact/signals';
import type { JudgmentsAnswer } from '../../src/server/indexes/judged-forms.ts';
import { ask } from '../api/client.ts';
import { ApiError, isOffline } from '../api/errors.ts';
import { pause, retryAfter } from '../state/run.ts';
import {
  type Change,
  changes,
  conflicts,
  type Given,
  type Grades,
  grades,
  kept,
  keyOf,
  own,
  thereOf,
  version,
  withKey,
  without,
} from './judged-state.ts';
import { gradesIn, saveNow as pokeSaving, send } from './save-judgments.ts';

/** Milliseconds between two looks at what others have judged, while the page is seen. */
const WATCH_MS = 5000;

const given = signal<readonly (Given & { readonly before: number | null })[]>([]);

export const loadFailure = signal<ApiError | undefined>(undefined);
export const gradeNames = signal<readonly string[]>(['not', 'a little', 'mostly', 'exactly']);
export const canUndo = computed(() => given.value.length > 0);

/** Queries that have a judgment, and how many, the last one first. */
export const judgedQueries = computed(() =>
  [...grades.value]
    .filter(([, { size }]) => size > 0)
    .map(([query, { size }]) => ({ query, count: size }))
    .reverse(),
);

export const gradeOf = (query: string, id: string): number | undefined => grades.value.get(query.trim())?.get(id);

/** Gives a grade, at once on the page and as soon as it can be at the server. It replaces what this tab shows, and nothing that someone else gave meanwhile. */
export function give(index: string, query: string, id: string, grade: number | null): void {
  const one = { index, query: query.trim(), id, grade };
  given.value = [...given.peek(), { ...one, before: gradeOf(query, id) ?? null }].slice(-500);
  put(one, thereOf(one));
}

/** Takes back the last grade that was given in this tab, where it still stands, and says which. */
export function undo(): { readonly query: string; readonly id: string; readonly grade: number | null } | undefined {
  const last = given.peek().at(-1);
  if (last === undefined) return undefined;
  given.value = given.peek().slice(0, -1);
  const { before, grade, ...pair } = last;
  const conflict = conflicts.peek().get(keyOf(pair));
  if (conflict !== undefined) {
    // It never was on the disk, or someone replaced it knowingly.
    keepTheirs(pair);
    return { query: last.query, id: last.id, grade: conflict.there };
  }
  put({ ...pair, grade: before }, grade);
  return { query: last.query, id: last.id, grade: before };
}

/** Leaves what someone else gave. */
export function keepTheirs(pair: Pick<Given, 'index' | 'query' | 'id'>): void {
  own.value = without(own.peek(), new Set([keyOf(pair)]));
}

export const saveNow = (): void => pokeSaving(onSaved);

function put(one: Given, replaces: number | null): void {
  const key = keyOf(one);
  const earlier = changes.peek().get(key);
  const was = earlier === undefined ? [replaces] : [...new Set([...earlier.was, earlier.grade])];
  own.value = withKey(own.peek(), key, one);
  changes.value = withKey<Change>(changes.peek(), key, { ...one, was });
  send(onSaved);
}

/** Other tabs of this browser hear of what was saved: who sits before them is the same. */
const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('finetooth-judgments');

interface Saved {
  readonly index: string;
  readonly keys: readonly string[];
}

function onSaved(index: string, keys: readonly string[]): void {
  others?.postMessage({ index, keys } satisfies Saved);
}

/** Keeps up with the judgments of an index, until the returned function is called. */
export function followJudgments(index: string): () => void {
  const stop = new AbortController();
  let poke = new AbortController();
  if (kept.peek()?.index !== index) kept.value = undefined;
  const look = (): void => poke.abort();
  const hear = ({ data }: MessageEvent<Saved>): void => {
    own.value = without(own.peek(), new Set(data.keys));
    if (data.index === index) look();
  };
  const warn = (event: BeforeUnloadEvent): void => {
    if (changes.peek().size > 0) event.preventDefault();
  };
  const watch = async (): Promise<void> => {
    for (let tries = 0; !stop.signal.aborted; ) {
      poke = new AbortController();
      if (document.visibilityState === 'visible') tries = (await fetchAll(index, stop.signal)) ? 0 : tries + 1;
      const wait = loadFailure.peek() === undefined ? WATCH_MS : retryAfter(loadFailure.peek() as ApiError, tries - 1);
      await pause(wait ?? 4 * WATCH_MS, poke.signal, isOffline(loadFailure.peek())).catch(() => {});
    }
  };
  watch();
  others?.addEventListener('message', hear);
  document.addEventListener('visibilitychange', look);
  addEventListener('beforeunload', warn);
  return () => {
    stop.abort();
    poke.abort();
    others?.removeEventListener('message', hear);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('beforeunload', warn);
  };
}

/** Looks once; whether the server answered. */
async function fetchAll(index: string, signal: AbortSignal): Promise<boolean> {
  try {
    const [at, before] = [version.peek(), kept.peek()];
    const answer = await ask(`v1/indexes/${index}/judgments`, { signal });
    const tag = answer.headers.get('etag') ?? undefined;
    const told = (await answer.json()) as JudgmentsAnswer;
    loadFailure.value = undefined;
    gradeNames.value = told.grade_names;
    // What was saved while the answer was on its way is newer than it, and what is the same draws and measures nothing again.
    if (before !== undefined && version.peek() !== at) return true;
    if (before?.index === index && tag !== undefined && before.tag === tag) return true;
    const now = gradesIn(told);
    const isSame = before?.index === index && isEqual(before.grades, now);
    kept.value = { index, grades: now, tag };
    if (!isSame) version.value++;
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    loadFailure.value = error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
    return false;
  }
}

const isEqual = (a: Grades, b: Grades): boolean => a.size === b.size && [...a].every(([query, ids]) => isSameQuery(ids, b.get(query)));

const isSameQuery = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number> | undefined): boolean =>
  b !== undefined && a.size === b.size && [...a].every(([id, grade]) => b.get(id) === grade);
