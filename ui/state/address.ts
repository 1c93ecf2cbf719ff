import { computed, signal } from '@preact/signals';

export const views = ['search', 'judge', 'tune'] as const;
export type View = (typeof views)[number];

/** Options of `POST /v1/search` by their names there. */
export type Pipeline = Readonly<Record<string, unknown>>;

/** What is wanted of one field: one of these values, or a value between these, both included. */
export interface FieldFilter {
  readonly any?: readonly (string | number | boolean)[];
  readonly from?: string | number;
  readonly to?: string | number;
}

/** Everything that a link shows again. */
export interface Address {
  readonly view: View;
  /** Absent: the first index. */
  readonly index?: string;
  readonly query: string;
  readonly filters: Readonly<Record<string, FieldFilter>>;
  /** What is asked; with two, one beside the other. */
  readonly pipelines: readonly [Pipeline] | readonly [Pipeline, Pipeline];
  /** The result that is open, and in which ranking: of the first pipeline, or of the second. */
  readonly open?: Opened;
  /** Documents are judged in an order of this seed; absent: in that of the ranking. */
  readonly blind?: number;
}

export interface Opened {
  readonly id: string;
  readonly side: 0 | 1;
}

const empty: Address = { view: 'search', query: '', filters: {}, pipelines: [{}] };

export const address = signal<Address>(empty);
export const view = computed(() => address.value.view);
export const query = computed(() => address.value.query);

/** Reads the address of the page, now and whenever the reader goes back or forward. */
export function followAddress(): void {
  address.value = readAddress(location.search);
  addEventListener('popstate', () => {
    address.value = readAddress(location.search);
  });
}

/**
 * Changes what the page shows and its address.
 *
 * @param step whether the reader can go back to what was there before; typing makes no steps
 */
export function go(change: Partial<Address>, { step = true }: { readonly step?: boolean } = {}): void {
  const next = { ...address.value, ...change };
  const search = writeAddress(next);
  address.value = next;
  if (search === location.search) return;
  // Relative, so that a prefix stays.
  history[step ? 'pushState' : 'replaceState'](null, '', search === '' ? location.pathname : search);
}

/** As `?q=…`, only what differs from an empty page. */
export function writeAddress({ view, index, query, filters, pipelines, open, blind }: Address): string {
  const words = new URLSearchParams();
  if (view !== 'search') words.set('view', view);
  if (index !== undefined) words.set('index', index);
  if (query !== '') words.set('q', query);
  if (Object.keys(filters).length > 0) words.set('where', JSON.stringify(filters));
  const [left, right] = pipelines;
  if (Object.keys(left).length > 0) words.set('a', JSON.stringify(left));
  if (right !== undefined) words.set('b', JSON.stringify(right));
  if (open !== undefined) words.set('open', open.id);
  if (open?.side === 1) words.set('side', 'b');
  if (blind !== undefined) words.set('blind', String(blind));
  return words.size === 0 ? '' : `?${words}`;
}

/** The other way round; what cannot be read is left out, since a link may have been cut. */
export function readAddress(search: string): Address {
  const words = new URLSearchParams(search);
  const left = readObject(words.get('a')) ?? {};
  const right = readObject(words.get('b'));
  return {
    view: views.find((one) => one === words.get('view')) ?? 'search',
    index: words.get('index') ?? undefined,
    query: words.get('q') ?? '',
    filters: readFilters(readObject(words.get('where'))),
    pipelines: right === undefined ? [left] : [left, right],
    open: readOpened(words.get('open'), words.get('side')),
    blind: /^\d{1,9}$/.test(words.get('blind') ?? '') ? Number(words.get('blind')) : undefined,
  };
}

const readOpened = (id: string | null, side: string | null): Opened | undefined =>
  id === null ? undefined : { id, side: side === 'b' ? 1 : 0 };

function readObject(text: string | null): Record<string, unknown> | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readFilters(all: Record<string, unknown> = {}): Record<string, FieldFilter> {
  const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const isBound = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
  const found: Record<string, FieldFilter> = Object.create(null);
  for (const [field, given] of Object.entries(all)) {
    if (typeof given !== 'object' || given === null) continue;
    const { any, from, to } = given as { readonly any?: unknown; readonly from?: unknown; readonly to?: unknown };
    const values = Array.isArray(any) ? any.filter(isPlain) : [];
    const filter: FieldFilter = {
      any: values.length > 0 ? values : undefined,
      from: isBound(from) ? from : undefined,
      to: isBound(to) ? to : undefined,
    };
    if (Object.values(filter).some((value) => value !== undefined)) found[field] = filter;
  }
  return found;
}
