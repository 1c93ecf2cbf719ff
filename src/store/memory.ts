import { topWithTies } from '../math/near-ties.ts';
import { topK } from '../math/top-k.ts';
import { cosine } from '../math/vectors.ts';
import { type Bm25, buildBm25 } from './bm25.ts';
import type { Entry, Manifest, Store } from './store.ts';

const wordsIn = (terms: string): string[] => (terms === '' ? [] : terms.split(' '));

/** The reference: exact, in memory, gone with the process. Right for tests and for collections that are read each time. */
export const memoryStore = (): Store => {
  const entries = new Map<string, Entry>();
  let manifest: Manifest | undefined;
  let changedAt: string | undefined;
  let bm25: Bm25 | undefined;
  const changed = (): void => {
    bm25 = undefined;
    changedAt = new Date().toISOString();
  };
  return {
    open: async (wanted) => (manifest ??= wanted),
    put: async (added) => {
      for (const entry of added)
        entries.set(entry.id, {
          ...entry,
          vector: entry.vector.slice(),
          ...(entry.tokens === undefined ? {} : { tokens: entry.tokens.slice() }),
        });
      if (added.length > 0) changed();
    },
    delete: async (ids, { hashes } = {}) => {
      const fitting = ids.filter((id) => hashes === undefined || hashes.get(id) === entries.get(id)?.hash);
      const removed = fitting.filter((id) => entries.delete(id)).length;
      if (removed > 0) changed();
      return removed;
    },
    read: async function* (ids) {
      if (ids === 'all') yield* [...entries.values()];
      else for (const id of new Set(ids)) if (entries.has(id)) yield entries.get(id) as Entry;
    },
    find: async (probe, count, options = {}) => {
      const form = options.tokens ? manifest?.tokens : undefined;
      const best =
        'vector' in probe
          ? topK(
              entries.values().map(({ id, vector }) => ({ id, score: cosine(probe.vector, vector) })),
              count,
            )
          : topWithTies(
              [...(bm25 ??= buildBm25(entries.values().map(({ id, terms }) => ({ id, terms: wordsIn(terms) })))).score(probe.terms)],
              count,
            );
      return best.map(({ id, score }) => {
        const { document, vector, tokens } = entries.get(id) as Entry;
        return { id, score, document, tokens: form === undefined || tokens === undefined ? undefined : { form, data: tokens, vector } };
      });
    },
    settle: async () => {},
    status: async () => {
      let bytes = 0;
      for (const entry of entries.values())
        bytes +=
          entry.vector.byteLength + (entry.tokens?.byteLength ?? 0) + 2 * (entry.terms.length + JSON.stringify(entry.document).length);
      return changedAt === undefined ? { documents: entries.size, bytes } : { documents: entries.size, bytes, changedAt };
    },
    close: async () => {
      entries.clear();
      bm25 = undefined;
    },
  };
};
