import { throwIfStopped } from '../errors.ts';
import { documentTest, typeOf, valueIn } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { typedValue } from '../filter/typed-value.ts';
import { topWithTies } from '../math/near-ties.ts';
import type { Scored } from '../math/order.ts';
import { unpackTitle } from '../math/packed-title.ts';
import { sparseScorer } from '../math/sparse.ts';
import { topK } from '../math/top-k.ts';
import { cosine } from '../math/vectors.ts';
import type { Hit, OtherScore } from '../types.ts';
import { bestOfEach } from './best-passages.ts';
import { type Bm25, buildBm25 } from './bm25.ts';
import { facetCounter } from './facets.ts';
import {
  type AskedBy,
  type Entry,
  type EntryField,
  type HitField,
  type Manifest,
  type Passage,
  type Store,
  type StoreQuery,
  typesIn,
} from './store.ts';

interface Row {
  readonly id: string;
  readonly at: number;
  readonly passage: Passage;
}
interface Found extends Scored, Row {}

/**
 * The reference: exact, in memory, gone with the process. Right for tests and for collections that are read each time.
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { memoryStore } from 'finetooth/stores';
 *
 * const index = await openIndex(memoryStore(), { create: { fields: ['text'] } });
 * await index.add([{ id: 'bats', text: 'Bats hunt by echo.' }]);
 * console.log((await index.status()).documents); // 1
 * await index.close();
 */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  let manifest: Manifest | undefined;
  let changedAt: string | undefined;
  /** BM25 over all passages, and the documents that they are of. */
  let words: { readonly bm25: Bm25; readonly rows: readonly Row[] } | undefined;
  const changed = (): void => {
    words = undefined;
    changedAt = new Date().toISOString();
  };
  const fitting = (filter: Filter | undefined): Entry[] => {
    const fits = filter === undefined ? () => true : documentTest(filter, manifest && typesIn(manifest));
    return [...entries.values()].filter(({ document }) => fits(document));
  };
  const countedWords = () => {
    if (words === undefined) {
      const rows = [...entries.values()].flatMap(rowsOf);
      words = { rows, bm25: buildBm25(rows.map(({ passage }, row) => ({ id: String(row), terms: wordsIn(passage.terms) }))) };
    }
    return words;
  };
  /** What the other gives each of these documents. */
  const otherOf = (found: readonly Found[], other: AskedBy): ReadonlyMap<string, OtherScore> => {
    const ids = new Set(found.map(({ id }) => id));
    if ('vector' in other) {
      const nearest = (id: string) => Math.max(...passagesOf(entries.get(id) as Entry).map(({ vector }) => cosine(other.vector, vector)));
      return new Map([...ids].map((id) => [id, { score: nearest(id), most: 1 }]));
    }
    const { rows, bm25 } = countedWords();
    const places = rows.flatMap(({ id }, place) => (ids.has(id) ? [place] : []));
    const most = bm25.most(other.terms);
    const scored = bm25.scoreAt(places, other.terms).map((score, i) => ({ ...(rows[places[i] as number] as Row), score }));
    return new Map(bestOfEach(scored).map(({ id, score }) => [id, { score, most }]));
  };
  const best = ({ limit, filter, ...asked }: StoreQuery): Found[] => {
    const some = fitting(filter);
    if ('vector' in asked) {
      const scored = some.flatMap(rowsOf).map(({ id, at, passage }) => ({ id, at, passage, score: cosine(asked.vector, passage.vector) }));
      return topK(bestOfEach(scored), limit);
    }
    if ('sparse' in asked) {
      const score = sparseScorer(asked.sparse);
      const scored = some.flatMap(rowsOf).flatMap((row): Found[] => {
        const sum = row.passage.sparse && score(row.passage.sparse);
        return sum === undefined ? [] : [{ ...row, score: sum }];
      });
      return topK(bestOfEach(scored), limit);
    }
    const { rows, bm25 } = countedWords();
    const ids = filter === undefined ? entries : new Set(some.map(({ id }) => id));
    const scored = [...bm25.score(asked.terms)].map(({ id: row, score }) => ({ ...(rows[Number(row)] as Row), score }));
    return topWithTies(bestOfEach(scored.filter(({ id }) => ids.has(id))), Math.max(0, limit));
  };
  return {
    capabilities: { approximate: false, filterable: false, persistent: false, passages: true, titles: true, sparse: true },
    open: async (wanted) => (manifest ??= wanted),
    upsert: async (added) => {
      for (const entry of added) entries.set(entry.id, copyOf(entry));
      if (added.length > 0) changed();
    },
    keepSpread: async (spread) => {
      manifest = manifest && { ...manifest, spread };
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
      const found = best(query);
      const others = query.other && otherOf(found, query.other);
      return found.map(({ id, score, passage: { place, vector, tokens } }) => {
        const { document, title } = entries.get(id) as Entry;
        return {
          id,
          score,
          passage: place,
          other: others?.get(id),
          document: fields.includes('document') ? document : undefined,
          tokens:
            form === undefined || tokens === undefined || tokens.length === 0
              ? undefined
              : { form, data: tokens.slice(), vector: vector.slice() },
          titleTokens: form && title && unpackTitle(title.slice(), form),
        } as Hit;
      });
    },
    count: async (filter) => (filter === undefined ? entries.size : fitting(filter).length),
    facets: async (fields, { filter, limit, signal }) => {
      throwIfStopped(signal);
      const some = fitting(filter);
      return fields.map((field) => {
        const type = typeOf(field, manifest === undefined ? {} : typesIn(manifest));
        const counter = facetCounter(field, type);
        for (const { document } of some) counter.add(typedValue(valueIn(document, field), type));
        return counter.facet(limit);
      });
    },
    stats: async () => {
      let bytes = 0;
      let passages = 0;
      for (const entry of entries.values()) {
        bytes += 2 * JSON.stringify(entry.document).length + (entry.title?.byteLength ?? 0);
        for (const { vector, tokens, terms, sparse } of passagesOf(entry)) {
          bytes += vector.byteLength + (tokens?.byteLength ?? 0) + 2 * terms.length + (sparse?.byteLength ?? 0);
          passages++;
        }
      }
      return { documents: entries.size, passages: manifest?.splitter === undefined ? undefined : passages, bytes, changedAt };
    },
    optimize: async () => {},
    close: async () => {
      entries.clear();
      words = undefined;
    },
  };
}

const rowsOf = (entry: Entry): Row[] => passagesOf(entry).map((passage, at) => ({ id: entry.id, at, passage }));

const wordsIn = (terms: string): string[] => (terms === '' ? [] : terms.split(' '));

/** What is kept shares no memory with what came in or goes out. */
const copyOf = (entry: Entry): Entry => ({
  ...copyOfPassage(entry),
  further: entry.further?.map(copyOfPassage),
  title: entry.title?.slice(),
});

const pick = <Field extends EntryField>(entry: Entry, fields: readonly Field[]): Pick<Entry, 'id' | Field> =>
  Object.fromEntries(
    (['id', ...fields] as const).map((name) => {
      const value = entry[name];
      if (name === 'further') return [name, entry.further?.map(copyOfPassage)];
      return [name, value instanceof Float32Array || value instanceof Uint8Array ? value.slice() : value];
    }),
  ) as unknown as Pick<Entry, 'id' | Field>;

const passagesOf = (entry: Entry): readonly Passage[] => [entry, ...(entry.further ?? [])];

const copyOfPassage = <Kind extends Passage>(passage: Kind): Kind => ({
  ...passage,
  vector: passage.vector.slice(),
  tokens: passage.tokens?.slice(),
  sparse: passage.sparse?.slice(),
});
