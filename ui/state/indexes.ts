import { computed, signal } from '@preact/signals';
import { askJson } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import type { IndexStatus } from '../api/types.ts';
import { address } from './address.ts';

/** Milliseconds between two looks where an index is being filled or the server does not answer, and where nothing is expected. */
const [SOON, LATER] = [2000, 30_000];
/** Milliseconds without a new document after which no one fills an index any more: a batch may take so long. */
const STILL_MS = 15_000;

/** Undefined until the server has answered once. */
export const indexes = signal<readonly IndexStatus[] | undefined>(undefined);
/** Why the list could not be had. */
export const indexesFailure = signal<ApiError | undefined>(undefined);
/** Indexes that this page is filling. */
export const filling = signal<ReadonlySet<string>>(new Set());
/** Indexes that another tab or program is filling: they got documents a moment ago. */
export const growing = signal<ReadonlySet<string>>(new Set());

/** The index that is searched: the one of the address, else the first. */
export const index = computed<IndexStatus | undefined>(() => {
  const wanted = address.value.index;
  const all = indexes.value ?? [];
  return wanted === undefined ? all[0] : all.find(({ name }) => name === wanted);
});

/** The name that the address gives to an index that is not there. */
export const missingIndex = computed(() => (indexes.value !== undefined && index.value === undefined ? address.value.index : undefined));

let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks which indexes there are, now and from time to time. */
export function watchIndexes(): void {
  refreshIndexes();
  const soon = (): void => {
    if (document.visibilityState === 'visible') refreshIndexes();
  };
  addEventListener('online', soon);
  document.addEventListener('visibilitychange', soon);
}

export async function refreshIndexes(): Promise<void> {
  clearTimeout(timer);
  try {
    const { indexes: found } = await askJson<{ readonly indexes: readonly IndexStatus[] }>('v1/indexes');
    growing.value = grown(found);
    indexes.value = found;
    indexesFailure.value = undefined;
  } catch (error) {
    indexesFailure.value = error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0);
  }
  clearTimeout(timer);
  const isGrowing =
    filling.value.size + growing.value.size > 0 ||
    indexes.value?.some(({ building, opening }) => building !== undefined || opening === true);
  const wait = indexesFailure.value !== undefined || isGrowing ? SOON : LATER;
  timer = setTimeout(refreshIndexes, wait);
}

/** When each index was last seen to have more documents than before, as `performance.now()` counts. */
const grownAt = new Map<string, number>();

function grown(found: readonly IndexStatus[]): ReadonlySet<string> {
  const before = new Map(indexes.peek()?.map(({ name, documents }) => [name, documents]));
  const now = performance.now();
  for (const { name, documents } of found) if (documents > (before.get(name) ?? documents)) grownAt.set(name, now);
  return new Set(found.map(({ name }) => name).filter((name) => now - (grownAt.get(name) ?? Number.NEGATIVE_INFINITY) < STILL_MS));
}
