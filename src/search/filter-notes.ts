import { throwIfStopped } from '../errors.ts';
import { comparisonOf } from '../filter/comparison.ts';
import { type Leaf, leavesOf, type Range } from '../filter/condition.ts';
import { typeOf, valueIn } from '../filter/document-test.ts';
import type { FieldType, FieldTypes, Filter } from '../filter/filter.ts';
import { shown } from '../filter/leaf.ts';
import { readFilter } from '../filter/read-filter.ts';
import { type Manifest, type Store, typesIn } from '../store/store.ts';
import type { CallOptions } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';
import type { SearchIndex } from './search-index.ts';

/** Fields that a note is made of, and names of fields that are looked through for the nearest. */
const MOST_NOTED = 3;
const MOST_NAMES = 1000;

export interface FilterNotesOptions extends CallOptions {
  readonly filter: Filter;
  /** Whether the search found something: then only what holds of every document is said. */
  readonly hasFound: boolean;
}

/**
 * What a filter asks that this index cannot answer, since it looks like an index without such documents: a field that no document has, a range that
 * compares with nothing that the field holds, and, where nothing was found, one that no document has a value for.
 */
export async function filterNotes(index: SearchIndex, { filter, hasFound, signal }: FilterNotesOptions): Promise<readonly string[]> {
  const { store } = index;
  const manifest = index.manifest();
  if (manifest === undefined) return [];
  const types = typesIn(manifest);
  const notes = new Map<string, string>();
  for (const leaf of leavesOf(readFilter(filter))) {
    throwIfStopped(signal);
    const { field } = leaf;
    if (notes.has(field)) continue;
    if (notes.size === MOST_NOTED) break;
    const note =
      (await missingField(store, manifest, field)) ??
      incomparable(leaf, types) ??
      (hasFound ? undefined : await absent(store, leaf, types));
    if (note !== undefined) notes.set(field, note);
  }
  return [...notes.values()];
}

/** What is known of the fields of a store. */
interface Known {
  /** Fields that were met in a document: they are not looked for again. */
  readonly met: Set<string>;
  /** Fields that were seen to hold what a number, or a text, compares with, each behind which of these. */
  readonly comparable: Set<string>;
  /** Sentences by field: were met in none when the store was as it was changed last. */
  readonly missing: Map<string, string>;
  /** As the store said it. */
  readonly changedAt: string | undefined;
}

const known = new WeakMap<Store, Known>();

async function missingField(store: Store, manifest: Manifest, field: string): Promise<string | undefined> {
  const declared = declaredIn(manifest);
  if (declared.includes(field) || known.get(store)?.met.has(field)) return undefined;
  const { met, missing } = await knownOf(store);
  const sentence = missing.get(field) ?? (await lookedFor(store, field, declared));
  if (sentence === undefined) met.add(field);
  else missing.set(field, sentence);
  return sentence;
}

const declaredIn = ({ fields, filterable = {}, idField }: Manifest): readonly string[] => [
  ...fields,
  ...Object.keys(filterable),
  ...(idField === undefined ? [] : [idField]),
];

/** What was missing may have come with what was written since. */
async function knownOf(store: Store): Promise<Known> {
  const { changedAt } = await store.stats();
  const before = known.get(store);
  if (before !== undefined && before.changedAt === changedAt) return before;
  return forgotten(store, changedAt);
}

/** Keeps what was met, and nothing of what was missing. */
function forgotten(store: Store, changedAt?: string): Known {
  const { met = new Set<string>(), comparable = new Set<string>() } = known.get(store) ?? {};
  const now: Known = { met, comparable, missing: new Map(), changedAt };
  known.set(store, now);
  return now;
}

/** A field that is not in the manifest may still be in some document: they are looked through until one has it. */
async function lookedFor(store: Store, field: string, declared: readonly string[]): Promise<string | undefined> {
  const names = new Set(declared);
  for await (const { document } of store.get('all', ['document'])) {
    if (valueIn(document, field) !== undefined) return undefined;
    if (names.size < MOST_NAMES) for (const name of Object.keys(document)) names.add(name);
  }
  const near = nearestName(field, [...names]);
  return `no document of this index has a field ${shown(field)}${near === undefined ? '' : `; the nearest is ${shown(near)}`}`;
}

const holds: Readonly<Record<FieldType, string>> = { number: 'numbers', date: 'dates', keyword: 'keywords', boolean: 'true and false' };

/** Why a range compares with nothing that a field of this type may hold. */
function incomparable(leaf: Leaf, types: FieldTypes): string | undefined {
  const type = typeOf(leaf.field, types);
  if (!('limit' in leaf) || type === undefined || comparisonOf(leaf.kind, leaf.limit, type) !== undefined) return undefined;
  const { field, kind, limit } = leaf;
  const because = `${shown(field)} holds ${holds[type]} in this index, and ${shown(limit)} compares with none`;
  if (type === 'keyword')
    return `${because}: rebuild it with ${field}:number among its types, or compare as text, ${field} ${signs[kind]} "${limit}"`;
  if (type === 'date') return `${because}: write a date as 2024-01-15, 2024-01, 2024 or 2024-01-15T10:30:00Z`;
  return type === 'number' ? `${because}: write a number, or rebuild it with ${field}:keyword among its types` : because;
}

const signs: Readonly<Record<Range, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** Where a range found nothing since no document has a value that it compares with. */
async function absent(store: Store, leaf: Leaf, types: FieldTypes): Promise<string | undefined> {
  if (!('limit' in leaf)) return undefined;
  const { field, limit } = leaf;
  const type = typeOf(field, types);
  const kind = typeof comparisonOf('gte', limit, type)?.limit === 'number' ? 'number' : 'text';
  const { comparable } = known.get(store) ?? forgotten(store);
  // Counting what a field holds takes longer than the search that found nothing.
  if (comparable.has(`${kind} ${field}`)) return undefined;
  if ((await store.count(comparableFilter(field, kind))) > 0) {
    comparable.add(`${kind} ${field}`);
    return undefined;
  }
  const why = `no document has a value in ${shown(field)} that the filter's range can be compared with`;
  if (type !== undefined) return `${why}: it holds ${holds[type]} in this index`;
  const wanted = typeof limit === 'number' ? 'number' : 'keyword';
  return `${why}: numbers compare with numbers, and texts with texts; where numbers or dates stand in texts, rebuild the index with ${field}:${wanted} or ${field}:date among its types`;
}

/** Every document fits it whose value can be compared with a number, also that of a date, or with a text. */
export function comparableFilter(field: string, limit: 'number' | 'text'): Filter {
  return { fields: Object.fromEntries([[field, { gte: limit === 'number' ? -Number.MAX_VALUE : '' }]]) };
}
