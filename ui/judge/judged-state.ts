import { computed, signal } from '@preact/signals';

/** Grades by the words of the query, then by document. */
export type Grades = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Of a document for a query of an index; null: none. */
export interface Given {
  readonly index: string;
  readonly query: string;
  readonly id: string;
  readonly grade: number | null;
}

/** A judgment that the server has not acknowledged; null takes one back. */
export interface Change extends Given {
  /** What it may replace: what this tab saw when it was given, and what was sent of this pair since, whose answer may have been lost. */
  readonly was: readonly (number | null)[];
}

/** A grade of this tab beside another one of someone else, which stands until the reader has chosen. */
export interface Conflict {
  readonly query: string;
  readonly id: string;
  readonly mine: number | null;
  readonly there: number | null;
}

export interface Kept {
  readonly index: string;
  readonly grades: Grades;
  /** Of the whole set, as the server names it. */
  readonly tag?: string | undefined;
}

/** What the server has; undefined until it has said so. */
export const kept = signal<Kept | undefined>(undefined);
/** By `keyOf`. */
export const changes = signal<ReadonlyMap<string, Change>>(new Map());
/** What this tab gave last to each pair, by `keyOf`. */
export const own = signal<ReadonlyMap<string, Given>>(new Map());
/** Rises with each change that the server has acknowledged, in this tab or another. */
export const version = signal(0);

export const isLoaded = computed(() => kept.value !== undefined);
export const unsaved = computed(() => changes.value.size);

export const keyOf = ({ index, query, id }: Pick<Given, 'index' | 'query' | 'id'>): string => JSON.stringify([index, query, id]);

/** What the server has of a pair, as far as this tab has seen. */
export const thereOf = ({ query, id }: Pick<Given, 'query' | 'id'>): number | null => kept.value?.grades.get(query)?.get(id) ?? null;

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

/** Pairs to which this tab gave another grade than the server has, by `keyOf`; what is on its way has still to be told. */
export const conflicts = computed<ReadonlyMap<string, Conflict>>(() => {
  const found = new Map<string, Conflict>();
  for (const [key, { index, query, id, grade: mine }] of own.value) {
    if (index !== kept.value?.index || changes.value.has(key)) continue;
    const there = thereOf({ query, id });
    if (there !== mine) found.set(key, { query, id, mine, there });
  }
  return found;
});

export function withKey<Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> {
  return new Map(map).set(key, value);
}

export const without = <Value>(map: ReadonlyMap<string, Value>, keys: ReadonlySet<string>): ReadonlyMap<string, Value> =>
  new Map([...map].filter(([key]) => !keys.has(key)));
