import { computed, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { askJson } from '../api/client.ts';
import type { Answer, Result } from '../api/types.ts';
import { useKeys } from '../parts/keys.tsx';
import { announce } from '../parts/live-region.tsx';
import { readingOf } from '../parts/wording.ts';
import { Status } from '../search/status.tsx';
import { address, go, query } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { runs } from '../state/rankings.ts';
import { bodyOf } from '../state/request.ts';
import { JudgeCard } from './judge-card.tsx';
import { type Conflict, conflicts, keyOf } from './judged-state.ts';
import { give, gradeNames, gradeOf, keepTheirs } from './judgments.ts';
import { listsOf } from './lists.ts';
import { blindOrder, type Candidate, poolOf } from './pool.ts';
import '../parts/progress.css';

/** How many of each list may be judged. */
export const depths = [5, 10, 25] as const;
export const depth = signal<number>(10);

/** What words alone find: lists that both stages rank well would never show what both overlook. */
const byWords = signal<{ readonly key: string; readonly results: readonly Result[] } | undefined>(undefined);

const wordsKey = computed(() => JSON.stringify([index.value?.name, query.value.trim(), address.value.filters, depth.value]));

/** The lists that are judged, once all of them are there: an order that changes under the eyes cannot be judged. */
const lists = computed<readonly (readonly Result[])[] | undefined>(() => {
  const isCompared = address.value.pipelines.length === 2;
  const [left, right] = runs.map(({ state }) => state.value);
  if (left?.status !== 'done' || left.ranking === undefined || left.ranking.asked.query !== query.value) return undefined;
  if (isCompared && (right?.status !== 'done' || right.ranking === undefined)) return undefined;
  if (byWords.value?.key !== wordsKey.value) return undefined;
  const both = isCompared ? [left.ranking.results, right?.ranking?.results ?? []] : [left.ranking.results, left.ranking.first];
  return [...both, byWords.value.results];
});

const pool = computed<readonly Candidate[] | undefined>(() => {
  if (lists.value === undefined) return undefined;
  const all = poolOf(lists.value, depth.value);
  const { blind } = address.value;
  return blind === undefined ? all : blindOrder(all, blind, query.value.trim());
});

export const focusCard = (id: string): void =>
  document.querySelector<HTMLElement>(`.judge-cards > li[data-id="${CSS.escape(id)}"] .card-open`)?.focus();

/** To the next document that someone else graded otherwise, after that which has the focus; of another query where this one has none. */
export function showConflict(): void {
  const here = query.peek().trim();
  const all = [...conflicts.peek().values()];
  const ofHere = all.filter((one) => one.query === here);
  const now = document.activeElement?.closest<HTMLElement>('.judge-cards > li')?.dataset.id;
  const next: Conflict | undefined = ofHere[(ofHere.findIndex(({ id }) => id === now) + 1) % Math.max(1, ofHere.length)] ?? all[0];
  if (next === undefined) {
    announce('No one graded otherwise.');
    return;
  }
  if (next.query !== here) {
    go({ query: next.query });
    return;
  }
  focusCard(next.id);
  if (document.activeElement?.closest<HTMLElement>('.judge-cards > li')?.dataset.id === next.id) return;
  // It was judged in a longer list.
  depth.value = Math.max(...depths);
  announce('The list is longer now: show it again.');
}

/** All documents to judge for the query, each with its grade. */
export function Pool({ index: name }: { readonly index: string }) {
  const list = useRef<HTMLOListElement>(null);
  useWords(name);
  useJudgeKeys(list, name);
  const words = query.value.trim();
  const shown = pool.value;
  const judged = shown?.filter(({ result }) => gradeOf(words, result.id) !== undefined).length ?? 0;
  const names = listsOf(address.value.pipelines).length === 1 ? ['the first stage', 'the first stage'] : listNames();
  if (shown === undefined) return <Waiting />;
  return (
    <>
      <div class="judge-progress">
        <p>
          <strong class="number">
            {judged} of {shown.length}
          </strong>{' '}
          judged for this query
        </p>
        <progress max={Math.max(1, shown.length)} value={judged} aria-label="Judged for this query" />
      </div>
      <h2 class="unseen">Documents to judge</h2>
      <ol class="judge-cards" ref={list}>
        {shown.map((candidate) => (
          <li key={candidate.result.id} data-id={candidate.result.id}>
            <JudgeCard
              candidate={candidate}
              index={index.value}
              grade={gradeOf(words, candidate.result.id)}
              names={names}
              isBlind={address.value.blind !== undefined}
              onGrade={(grade) => give(name, words, candidate.result.id, grade)}
              conflict={conflicts.value.get(keyOf({ index: name, query: words, id: candidate.result.id }))}
              onKeep={() => {
                keepTheirs({ index: name, query: words, id: candidate.result.id });
                focusCard(candidate.result.id);
              }}
            />
          </li>
        ))}
      </ol>
    </>
  );
}

const listNames = (): readonly string[] =>
  address.value.pipelines.length === 2 ? ['pipeline A', 'pipeline B', 'words'] : ['reranked', 'first stage', 'words'];

function Waiting() {
  return (
    <>
      <Status run={runs[0]} />
      <ol class="judge-cards" aria-hidden="true">
        {Array.from({ length: 6 }, (_, at) => (
          <li key={at}>
            <div class="judge-card placeholder" />
          </li>
        ))}
      </ol>
    </>
  );
}

function useWords(name: string): void {
  const key = wordsKey.value;
  useEffect(() => {
    const words = query.peek().trim();
    if (words === '') return;
    const stop = new AbortController();
    const { filters } = address.peek();
    const pipeline = { first_stage: 'bm25', reranker: null, candidates: depth.peek() };
    const json = { ...bodyOf({ index: name, query: words, filters, pipeline }), snippets: true };
    askJson<Answer>('v1/search', { json, signal: stop.signal })
      .then(({ results }) => results)
      // Who has no words of the query is judged by what the other lists find.
      .catch(() => [])
      .then((results) => {
        if (!stop.signal.aborted) byWords.value = { key, results };
      });
    return () => stop.abort();
  }, [key]);
}

function useJudgeKeys(list: { readonly current: HTMLOListElement | null }, name: string): void {
  const items = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>(':scope > li') ?? [])];
  const opener = (item: HTMLElement | undefined): HTMLElement | null => item?.querySelector<HTMLElement>('.card-open') ?? null;
  const words = (): string => query.peek().trim();
  const isOpen = (item: HTMLElement): boolean => gradeOf(words(), item.dataset.id as string) === undefined;
  const at = (): number => items().findIndex((item) => item.contains(document.activeElement));
  const step = (by: number): void => {
    const all = items();
    const now = at();
    opener(all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + by))])?.focus();
  };
  /** The next card without a grade, behind this one or else from the top. */
  const onward = (from: number): void => {
    const all = items();
    const next = [...all.slice(from + 1), ...all.slice(0, from + 1)].find(isOpen);
    if (next === undefined) announce(`All ${all.length} are judged for this query.`);
    else opener(next)?.focus();
  };
  const grade = (value: number | null): void => {
    const all = items();
    const now = Math.max(0, at() < 0 ? all.findIndex(isOpen) : at());
    const id = all[now]?.dataset.id;
    if (id === undefined) return;
    const conflict = conflicts.peek().get(keyOf({ index: name, query: words(), id }));
    if (conflict?.there === value) keepTheirs({ index: name, query: words(), id });
    else give(name, words(), id, value);
    const result = pool.peek()?.find((one) => one.result.id === id)?.result;
    const title = readingOf(result?.document, index.peek(), id).title.slice(0, 80);
    announce(value === null ? `${title}: not judged.` : `${title}: ${value}, ${gradeNames.peek()[value]}.`);
    if (value !== null) onward(now);
  };
  useKeys('Judging', [
    ...gradeNames.peek().map((about, value) => ({ key: String(value), about: `${about} relevant, and go on`, run: () => grade(value) })),
    { key: 'Backspace', about: 'take the grade of this document away', run: () => grade(null) },
    { key: 'j', about: 'next document', run: () => step(1) },
    { key: 'k', about: 'document before', run: () => step(-1) },
    { key: 'ArrowDown', about: 'next document, from the query the first', run: () => step(1), inText: true },
    { key: 'ArrowUp', about: 'document before', run: () => step(-1) },
    { key: 'n', about: 'next document without a grade', run: () => onward(at()) },
    { key: 'd', about: 'next document that someone else graded otherwise', run: showConflict },
  ]);
}
