import { throwIfStopped } from '../errors.ts';
import { documentTest } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { topWithTies } from '../math/near-ties.ts';
import type { Scored } from '../math/order.ts';
import { topK } from '../math/top-k.ts';
import { cosine } from '../math/vectors.ts';
import type { Hit } from '../types.ts';
import { type Bm25, buildBm25 } from './bm25.ts';
import type { Entry, EntryField, HitField, Manifest, Store, StoreQuery } from './store.ts';

/** The reference: exact, in memory, gone with the process. Right for tests and for collections that are read each time. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  let manifest: Manifest | undefined;
  let changedAt: string | undefined;
  let bm25: Bm25 | undefined;
  const changed = (): void => {
    bm25 = undefined;
    changedAt = new Date().toISOString();
  };
  const fitting = (filter: Filter | undefined): Entry[] => {
    const fits = filter === undefined ? () => true : documentTest(filter);
    return [...entries.values()].filter(({ document }) => fits(document));
  };
  const best = ({ limit, filter, ...asked }: StoreQuery): Scored[] => {
    const some = fitting(filter);
    if ('vector' in asked) {
      const scored = some.values().map(({ id, vector }) => ({ id, score: cosine(asked.vector, vector) }));
      return topK(scored, limit);
    }
    bm25 ??= buildBm25(entries.values().map(({ id, terms }) => ({ id, terms: wordsIn(terms) })));
    const ids = filter === undefined ? entries : new Set(some.map(({ id }) => id));
    return topWithTies(
      [...bm25.score(asked.terms)].filter(({ id }) => ids.has(id)),
      Math.max(0, limit),
    );
  };
  return {
    capabilities: { approximate: false, filterable: false, persistent: false },
    open: async (wanted) => (manifest ??= wanted),
    upsert: async (added) => {
      for (const entry of added) entries.set(entry.id, copyOf(entry));
      if (added.length > 0) changed();
    },
    delete: async (ids, { hashes } = {}) => {
      const unchanged = ids.filter((id) => hashes === undefined || hashes.get(id) === entries.get(id)?.hash);
      const removed = unchanged.filter((id) => entries.delete(id)).length;
      if (removed > 0) changed();
      return removed;
    },
    get: async function* (ids, fields) {
      const wanted = ids === 'all' ? [...entries.values()] : [...new Set(ids)].flatMap((id) => entries.get(id) ?? []);
      for (const entry of wanted) yield pick(entry, fields);
    },
    search: async <Field extends HitField = 'document'>(query: StoreQuery<Field>) => {
      throwIfStopped(query.signal);
      const fields: readonly HitField[] = query.fields ?? ['document'];
      const form = fields.includes('tokens') ? manifest?.tokens : undefined;
      return best(query).map(({ id, score }) => {
        const { document, vector, tokens } = entries.get(id) as Entry;
        return {
          id,
          score,
          document: fields.includes('document') ? document : undefined,
          tokens: form === undefined || tokens === undefined ? undefined : { form, data: tokens.slice(), vector: vector.slice() },
        } as Hit;
      });
    },
    count: async (filter) => (filter === undefined ? entries.size : fitting(filter).length),
    stats: async () => {
      let bytes = 0;
      for (const { vector, tokens, terms, document } of entries.values())
        bytes += vector.byteLength + (tokens?.byteLength ?? 0) + 2 * (terms.length + JSON.stringify(document).length);
      return { documents: entries.size, bytes, changedAt };
    },
    optimize: async () => {},
    close: async () => {
      entries.clear();
      bm25 = undefined;
    },
  };
}

const wordsIn = (terms: string): string[] => (terms === '' ? [] : terms.split(' '));

/** What is kept shares no memory with what came in or goes out. */
const copyOf = (entry: Entry): Entry => ({ ...entry, vector: entry.vector.slice(), tokens: entry.tokens?.slice() });

const pick = <Field extends EntryField>(entry: Entry, fields: readonly Field[]): Pick<Entry, 'id' | Field> =>
  Object.fromEntries(
    (['id', ...fields] as const).map((name) => {
      const value = entry[name];
      return [name, value instanceof Float32Array || value instanceof Uint8Array ? value.slice() : value];
    }),
  ) as unknown as Pick<Entry, 'id' | Field>;
