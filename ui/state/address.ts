import { computed, signal } from '@preact/signals';
import { readFields, readJson, readNames, readPipeline } from './read-address.ts';

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

/** A part of a link that could not be read. */
export interface Unread {
  /** Of the parameter. */
  readonly name: string;
  /** What is wrong with it, and what was done instead, as a sentence without a subject. */
  readonly why: string;
}

/** Names of the parameters, and what each holds, for people. */
export const parameters = {
  view: 'the view',
  index: 'the index',
  q: 'the query',
  where: 'the filters',
  a: 'the pipeline',
  b: 'the second pipeline',
  open: 'the open result',
  side: 'the column of the open result',
  blind: 'the blind order',
} as const;

const empty: Address = { view: 'search', query: '', filters: {}, pipelines: [{}] };

export const address = signal<Address>(empty);
export const view = computed(() => address.value.view);
export const query = computed(() => address.value.query);
/** What the link that was opened holds and the page does not show, until the reader has taken note. */
export const unread = signal<readonly Unread[]>([]);

/** Reads the address of the page, now and whenever the reader goes back or forward. */
export function followAddress(): void {
  const read = (): void => {
    const found = readAddress(location.search);
    address.value = found.address;
    unread.value = found.unread;
  };
  read();
  addEventListener('popstate', read);
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

/** The other way round. A link may have been cut or mangled: what can be read is shown, and the rest is named. */
export function readAddress(search: string): { readonly address: Address; readonly unread: readonly Unread[] } {
  const { words, unread } = readNames(search, Object.keys(parameters));
  const miss = (name: string, why: string): undefined => void unread.push({ name, why });
  const text = (name: keyof typeof parameters): string | undefined => words.get(name);
  const json = (name: keyof typeof parameters) => readJson(text(name), (why) => miss(name, why));
  const left = readPipeline(json('a'), (why) => miss('a', why));
  const right = readPipeline(json('b'), (why) => miss('b', why));
  const open = readOpened(text('open'), text('side'), right !== undefined, miss);
  return {
    address: {
      view: readView(text('view'), miss),
      index: text('index') === '' ? miss('index', 'has no name; the first index is shown') : text('index'),
      query: text('q') ?? '',
      filters: readFields(json('where'), (why) => miss('where', why)),
      pipelines: right === undefined ? [left ?? {}] : [left ?? {}, right],
      open,
      blind: readSeed(text('blind'), miss),
    },
    unread,
  };
}

type Miss = (name: string, why: string) => undefined;

function readView(text: string | undefined, miss: Miss): View {
  const found = views.find((one) => one === text);
  if (found === undefined && text !== undefined) miss('view', `is "${shortened(text)}", and takes ${views.join(', ')}; search is shown`);
  return found ?? 'search';
}

function readOpened(id: string | undefined, side: string | undefined, isCompared: boolean, miss: Miss): Opened | undefined {
  if (id === '') return miss('open', 'has no id; no result is open');
  if (id === undefined) return side === undefined ? undefined : miss('side', 'stands without a result that is open (open)');
  if (side !== undefined && side !== 'b') miss('side', `is "${shortened(side)}", and takes b; the first column's is open`);
  if (side === 'b' && !isCompared) miss('side', "is b, and there is no second pipeline; the first one's is open");
  return { id, side: side === 'b' && isCompared ? 1 : 0 };
}

function readSeed(text: string | undefined, miss: Miss): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return miss('blind', `is "${shortened(text)}", and takes a whole number; documents stand in the order of the ranking`);
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
