import { type Entry, indexFormat, type Manifest } from '../store.ts';

/** Numbers in a vector of the suite. */
export const SIZE = 8;

/** An entry with a vector of its seed. */
export function entryFor(id: string, seed: number, terms = 'word', changes: Partial<Entry> = {}): Entry {
  return {
    id,
    document: { id, text: terms, nested: { list: [1, null, 'é'] } },
    hash: `h${seed}`,
    textHash: `t${seed}`,
    vector: unit(seed),
    terms,
    ...changes,
  };
}

/** A vector of length 1, another for each seed. */
export function unit(seed: number): Float32Array {
  const vector = Float32Array.from({ length: SIZE }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function manifestFor(changes: Partial<Manifest> = {}): Manifest {
  return {
    format: indexFormat,
    embedder: 'test@fp32:0',
    dimensions: SIZE,
    fields: ['text'],
    analyzer: 'words-2',
    createdAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}
