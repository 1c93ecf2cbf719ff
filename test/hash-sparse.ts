import type { SparseEmbedder, SparseVector } from '../src/index.ts';

/** Of a word, below 1,000. */
export const numberOf = (word: string): number => [...word].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 997, 7);

/** Each word by how often it stands there, and what it is part of: a word that ends with s means that without too, half as much. */
export function weigh(text: string, role: 'query' | 'document'): SparseVector {
  const weights = new Map<number, number>();
  for (const word of text.toLowerCase().split(/\W+/)) {
    if (word === '') continue;
    weights.set(numberOf(word), (weights.get(numberOf(word)) ?? 0) + 1);
    const stem = word.replace(/s$/, '');
    if (role === 'document' && stem !== word) weights.set(numberOf(stem), (weights.get(numberOf(stem)) ?? 0) + 0.5);
  }
  const ids = [...weights.keys()].sort((a, b) => a - b);
  return { ids: Uint32Array.from(ids), weights: Float32Array.from(ids, (id) => Math.log1p(weights.get(id) as number)) };
}

/** Weights without a model; `asked` is told of each text. */
export const hashSparse = (fingerprint = 'hash-sparse@1', asked?: (role: string, text: string) => void): SparseEmbedder => ({
  fingerprint,
  embed: async (texts, role) => {
    for (const text of texts) asked?.(role, text);
    return { vectors: texts.map((text) => weigh(text, role)), tokens: Uint32Array.from(texts, (text) => text.length) };
  },
  names: async (ids) => ids.map((id) => `token ${id}`),
});
