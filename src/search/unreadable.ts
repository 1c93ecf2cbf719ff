import { documentTest, typeOf, valueIn } from '../filter/document-test.ts';
import type { FieldType, FieldTypes, Filter } from '../filter/filter.ts';
import { shown } from '../filter/leaf.ts';
import { type Manifest, type Store, typesIn } from '../store/store.ts';
import type { Document, FieldValue } from '../types.ts';
import { counted } from '../wording/numbers.ts';

/** Values that the types of an index do not fit. */
export interface TypeWatch {
  see(document: Document): void;
  /** By field, how many documents have no value that can be read as its type, but another one. */
  counts(): Readonly<Record<string, number>>;
  notes(): readonly string[];
}

/** By field, how many documents of a store have no value that can be read as its type, but another one: ranges pass over them. */
export async function countUnreadable(store: Store, manifest: Manifest): Promise<Readonly<Record<string, number>>> {
  const counts = await Promise.all(
    unreadableFilters(typesIn(manifest)).map(async ({ field, filter }) => [field, await store.count(filter)] as const),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The same of documents while they are added, with an example of each. */
export function watchTypes(manifest: Manifest): TypeWatch {
  const types = typesIn(manifest);
  const watched = unreadableFilters(types).map(({ field, type, filter }) => ({ field, type, isUnreadable: documentTest(filter, types) }));
  const [unreadable, codes] = [new Map<string, Odd>(), new Map<string, Odd>()];
  const add = (to: Map<string, Odd>, field: string, example: FieldValue | undefined): void => {
    const { count, example: first } = to.get(field) ?? { count: 0, example };
    to.set(field, { count: count + 1, example: first });
  };
  return {
    see: (document) => {
      for (const { field, type, isUnreadable } of watched) {
        const value = valueIn(document, field);
        if (isUnreadable(document)) add(unreadable, field, value);
        else if (type === 'number' && isCode(value) && typeOf(field, manifest.declared ?? {}) === undefined) add(codes, field, value);
      }
    },
    counts: () => Object.fromEntries([...unreadable].map(([field, { count }]) => [field, count])),
    notes: () => [
      ...[...unreadable].map(
        ([field, odd]) =>
          `${have(odd)} a value in \`${field}\` that is no ${nouns[types[field] as FieldType]}, such as ${shown(odd.example)}: ranges pass over it`,
      ),
      ...[...codes].map(
        ([field, odd]) =>
          `${have(odd)} a value in \`${field}\` such as ${shown(odd.example)}, of which the 0 in front is lost in a number: rebuild the index with ${field}:keyword among its types (--types)`,
      ),
    ],
  };
}

interface Odd {
  readonly count: number;
  readonly example: FieldValue | undefined;
}

const nouns: Readonly<Record<FieldType, string>> = { number: 'number', date: 'date', boolean: 'truth value', keyword: 'keyword' };

const have = ({ count }: Odd): string => `${counted(count, 'document')} ${count === 1 ? 'has' : 'have'}`;

const isCode = (value: FieldValue | undefined): boolean => typeof value === 'string' && /^\s*[+-]?0\d/.test(value);

/** A keyword can be read of everything. */
function unreadableFilters(types: FieldTypes): readonly { readonly field: string; readonly type: FieldType; readonly filter: Filter }[] {
  return Object.entries(types)
    .filter(([, type]) => type !== 'keyword')
    .map(([field, type]) => {
      const of = (condition: FieldValue): Filter => ({ fields: Object.fromEntries([[field, condition]]) }) as Filter;
      const readable = type === 'boolean' ? of({ in: [true, false] }) : of({ gte: -Number.MAX_VALUE });
      return { field, type, filter: { and: [of({ exists: true }), { not: { or: [readable, of({ equals: [] })] } }] } };
    });
}
