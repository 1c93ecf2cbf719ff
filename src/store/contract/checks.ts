import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Hit } from '../../types.ts';
import { memoryStore } from '../memory.ts';
import type { Entry, EntryField, Manifest, Store, StoreQuery } from '../store.ts';
import { manifestFor } from './entries.ts';

/** A store of the suite, open with a manifest of these parts (null: not open), and with these entries. */
export type Start = (manifest?: Partial<Manifest> | null, entries?: readonly Entry[]) => Promise<Store>;

/** The same entries in a store of the suite, optimized, and in the reference; each question is asked of both. */
export async function besideReference(start: Start, manifest: Partial<Manifest>, entries: readonly Entry[]) {
  const reference = memoryStore();
  await reference.open(manifestFor(manifest));
  const store = await start(manifest);
  for (let at = 0; at < entries.length; at += 97) {
    await reference.upsert(entries.slice(at, at + 97));
    await store.upsert(entries.slice(at, at + 97));
  }
  await store.optimize();
  return async (query: StoreQuery<'document'>, what: string): Promise<Pick<Hit, 'id' | 'score' | 'passage' | 'other' | 'document'>[]> => {
    const [found, expected] = [await store.search({ ...query, exact: true }), await reference.search(query)];
    same(idsOf(found), idsOf(expected), what);
    found.forEach((hit, at) => {
      const { score, document, passage } = expected[at] as Hit;
      near(hit.score, score, 2e-6 * Math.max(1, Math.abs(score)), `${what}: score of ${hit.id}`);
      for (const which of ['score', 'most'] as const) {
        const [got, wanted] = [hit.other?.[which], expected[at]?.other?.[which]];
        if (wanted === undefined) same(got, undefined, `${what}: ${which} by the other, which was not asked, of ${hit.id}`);
        else near(got, wanted, 2e-6 * Math.max(1, Math.abs(wanted)), `${what}: ${which} by the other of ${hit.id}`);
      }
      same([hit.document, hit.passage], [document, passage], `${what}: document of ${hit.id}, and place of its passage`);
    });
    if (query.filter !== undefined)
      same(await store.count(query.filter), await reference.count(query.filter), `count of ${JSON.stringify(query.filter)}`);
    return found;
  };
}

export async function collect<Field extends EntryField>(store: Store, ids: readonly string[] | 'all', fields: readonly Field[]) {
  const found = await Array.fromAsync(store.get(ids, fields));
  const told = found.map((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)));
  return told.sort(byId as never) as unknown as Pick<Entry, 'id' | Field>[];
}

export async function hashesIn(store: Store): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await collect(store, 'all', ['hash'])).map(({ id, hash }) => [id, hash]));
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

export const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);

export function same(got: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(got, expected)) assert.deepStrictEqual({ [what]: got }, { [what]: expected });
}

export function near(got: number | undefined, expected: number, apart: number, what: string): void {
  assert.ok(Math.abs((got ?? Number.NaN) - expected) <= apart, `${what}: expected ${expected}, give or take ${apart}; got ${got}`);
}
