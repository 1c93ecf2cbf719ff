import { FinetoothError } from '../errors.ts';
import { bytesPerToken } from '../math/packed-tokens.ts';
import type { TokenForm, Vectors } from '../types.ts';
import { shown } from '../wording/check-options.ts';

/** How far the length of a vector may be from 1. */
const LENGTH_TOLERANCE = 1e-3;

/** Holds what an embedder gave against its promises: count, dimensions, finite numbers, length 1. */
export function checkVectors(vectors: Vectors, count: number, dimensions: number, fingerprint: string): void {
  const who = `the embedder "${fingerprint}"`;
  if (vectors.count !== count || vectors.dimensions !== dimensions || vectors.data.length !== count * dimensions) {
    throw broken(
      who,
      `asked for ${count} × ${dimensions} numbers, it gave ${vectors.count} × ${vectors.dimensions} (${vectors.data.length} in all)`,
    );
  }
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) sum += (vectors.data[i] as number) ** 2;
    if (!Number.isFinite(sum)) throw broken(who, `vector ${row} holds a number that is not finite`);
    if (Math.abs(Math.sqrt(sum) - 1) > LENGTH_TOLERANCE)
      throw broken(who, `vector ${row} has length ${Math.sqrt(sum).toFixed(4)}; vectors must have length 1 (divide by the L2 norm)`);
  }
}

/** Holds the token vectors that an embedder gave against its promises: one pack a text, of whole tokens. */
export function checkTokens({ count, tokenVectors }: Vectors, form: TokenForm, fingerprint: string): void {
  const who = `the embedder "${fingerprint}"`;
  if (tokenVectors?.length !== count)
    throw broken(who, `asked for the token vectors of ${count} texts, it gave ${tokenVectors?.length ?? 'none'}`);
  const each = bytesPerToken(form);
  const torn = tokenVectors.findIndex((pack) => pack.length % each !== 0);
  if (torn >= 0)
    throw broken(who, `the token vectors of text ${torn} have ${tokenVectors[torn]?.length} bytes, which is no multiple of ${each}`);
}

/** A query that can be asked: words, no more than a megabyte of them. */
export function checkQuery(query: string): void {
  if (typeof query !== 'string') throw new FinetoothError('E_USAGE', `the query must be a text; got ${shown(query)}.`);
  if (query.trim() === '')
    throw new FinetoothError('E_QUERY', `the query is ${query === '' ? 'empty' : 'only white space'}: give it at least one word.`);
  if (query.length > 1_000_000) throw new FinetoothError('E_QUERY', `the query has ${query.length} characters; at most 1000000 are taken.`);
}

/** Throws E_USAGE for a page behind the last candidate, which would be empty whatever the index holds, and for one that begins at two places. */
export function checkPage(
  { offset = 0, cursor }: { readonly offset?: number; readonly cursor?: string },
  candidates: number,
  top: number,
): void {
  if (offset > 0 && cursor !== undefined)
    throw new FinetoothError('E_USAGE', 'cursor and offset both say where the page begins: leave one of them out.');
  if (offset === 0 || offset + top <= candidates) return;
  throw new FinetoothError(
    'E_USAGE',
    `results ${offset + 1} to ${offset + top} were asked for, of ${candidates} candidates. Ask for ${offset + top} candidates at least, the same number for every page.`,
  );
}

/** A whole number in a range, or E_USAGE. */
export function checkCount(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new FinetoothError('E_USAGE', `${name} must be a whole number from ${least} to ${most}; got ${shown(value)}.`);
}

/** E_USAGE for what needs an embedder, where the index was opened without one. */
export const noEmbedder = (): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    'this index was opened without an embedder: it can be read and pruned, searched by words or by a vector, and take documents that bring their vectors.',
  );

/** E_USAGE for a query without a vector, where the index has no embedder. */
export const vectorMissing = (): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    (say) =>
      `the vectors of this index were given, and no model was named that makes one of a query. Give the vector of the query ${say.as('vector')}, or search by words: ${say.option('firstStage', 'bm25')}.`,
  );

const broken = (who: string, what: string): FinetoothError =>
  new FinetoothError(
    'E_CONTRACT',
    `${who} broke its contract: ${what}. Mend the part that was passed in; if nobody passed it in, it is a mistake of finetooth.`,
  );
