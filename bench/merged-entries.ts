/** Documents of several kept indexes with their real vectors, as entries of one store. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../src/assemble/store.ts';
import { randomFrom } from '../src/math/random.ts';
import type { Entry, Manifest } from '../src/store/store.ts';
import { hashOfDocument } from '../src/text/identity.ts';

const fields = ['document', 'hash', 'textHash', 'vector', 'tokens', 'terms', 'place', 'further', 'title'] as const;

/** The indexes of a folder of `npm run results -- --keep`, those that were made alike. */
async function* entriesIn(keep: string): AsyncGenerator<{ readonly entry: Entry; readonly source: string; readonly manifest: Manifest }> {
  let first: Manifest | undefined;
  for (const source of readdirSync(keep).sort()) {
    const folder = join(keep, source, 'index');
    if (!existsSync(folder)) continue;
    const store = openStore(folder);
    try {
      const manifest = await store.open();
      if (manifest === undefined) continue;
      first ??= manifest;
      if (manifest.embedder !== first.embedder || JSON.stringify(manifest.tokens) !== JSON.stringify(first.tokens)) continue;
      for await (const entry of store.get('all', fields)) yield { entry, source, manifest };
    } finally {
      await store.close();
    }
  }
}

/** What the merged documents are described by: they may be filtered by where they come from and by a number that is drawn evenly from [0, 1). */
export const mergedManifest = (manifest: Manifest): Manifest => ({
  format: manifest.format,
  embedder: manifest.embedder,
  model: manifest.model,
  dimensions: manifest.dimensions,
  tokens: manifest.tokens,
  fields: ['title', 'text'],
  filterable: { source: 'keyword', share: 'number' },
  splitter: manifest.splitter,
  analyzer: manifest.analyzer,
  createdAt: manifest.createdAt,
});

/**
 * So many entries in batches: the real ones first, and when those are used up mixtures, of two of them each: half a text of both, and the mean of
 * their vectors. `real` says how many were real.
 */
export async function* mergedEntries(
  keep: string,
  count: number,
  batchSize: number,
  withTokens = true,
): AsyncGenerator<{ readonly batch: readonly Entry[]; readonly manifest: Manifest; readonly real: number }> {
  const random = randomFrom(20);
  const kept: Entry[] = [];
  let [batch, real, at]: [Entry[], number, number] = [[], 0, 0];
  let manifest: Manifest | undefined;
  const dressed = (entry: Entry, source: string): Entry => {
    const document = { ...entry.document, source, share: random.below(1_000_000) / 1_000_000 };
    const further = withTokens ? entry.further : entry.further?.map((passage) => ({ ...passage, tokens: undefined }));
    const tokens = withTokens ? entry.tokens : undefined;
    return { ...entry, id: `${source}-${at++}`, document, hash: hashOfDocument(document), title: undefined, tokens, further };
  };
  for await (const one of entriesIn(keep)) {
    if (real === count) break;
    manifest ??= { ...mergedManifest(one.manifest), ...(withTokens ? undefined : { tokens: undefined }) };
    batch.push(dressed(one.entry, one.source));
    real++;
    if (real % 4 === 0) kept.push({ ...one.entry, further: undefined, place: undefined });
    if (batch.length === batchSize) {
      yield { batch, manifest, real };
      batch = [];
    }
  }
  if (manifest === undefined) return;
  for (let made = real; made < count; made++) {
    const [a, b] = [kept[random.below(kept.length)], kept[random.below(kept.length)]] as [Entry, Entry];
    batch.push(dressed(mixed(a, b), 'mixed'));
    if (batch.length === batchSize) {
      yield { batch, manifest, real };
      batch = [];
    }
  }
  if (batch.length > 0) yield { batch, manifest, real };
}

function mixed(a: Entry, b: Entry): Entry {
  const sum = a.vector.map((value, i) => value + (b.vector[i] as number));
  const length = Math.hypot(...sum);
  const half = (text: string, side: 0 | 1): string => {
    const words = text.split(' ');
    return side === 0 ? words.slice(0, words.length >> 1).join(' ') : words.slice(words.length >> 1).join(' ');
  };
  return {
    ...a,
    vector: sum.map((value) => value / length),
    terms: `${half(a.terms, 0)} ${half(b.terms, 1)}`.trim(),
    document: { title: a.document.title, text: `${half(String(a.document.text ?? ''), 0)} ${half(String(b.document.text ?? ''), 1)}` },
  };
}
