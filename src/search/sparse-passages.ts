import type { SparseEmbedder } from '../embed/sparse.ts';
import { FinetoothError } from '../errors.ts';
import { packSparse } from '../math/sparse.ts';
import type { Passage } from '../store/store.ts';
import { type PassageSource, passageTexts } from '../text/passages.ts';
import type { CallOptions, SparseVector } from '../types.ts';

/** The passages of a text, of which some may have no weights yet. */
export interface Unweighed {
  readonly source: PassageSource;
  readonly passages: readonly Passage[];
}

export interface WeighedPassages {
  /** Of each text its passages, all with weights. */
  readonly passages: readonly (readonly Passage[])[];
  /** Of each text, tokens at the ends of its passages that the model did not read. */
  readonly truncatedTokens: readonly number[];
  /** Tokens that were read. */
  readonly tokens: number;
}

/** Weighs the tokens of passages that have no weights, as the embedder reads them: with what they carry. */
export async function weighPassages(
  texts: readonly Unweighed[],
  open: () => Promise<SparseEmbedder>,
  options: CallOptions,
): Promise<WeighedPassages> {
  const asked: string[] = [];
  const places = texts.map(({ source, passages }) => {
    const missing = passages.flatMap(({ sparse }, at) => (sparse === undefined ? [at] : []));
    if (missing.length === 0) return new Map<number, number>();
    const spans = passages.flatMap(({ place }) => (place === undefined ? [] : [place.span]));
    const all = spans.length > 1 ? passageTexts(source, spans) : [source.text];
    return new Map(missing.map((at) => [at, asked.push(all[at] ?? source.text) - 1]));
  });
  if (asked.length === 0) return { passages: texts.map(({ passages }) => passages), truncatedTokens: texts.map(() => 0), tokens: 0 };
  const embedder = await open();
  const { vectors, tokens, truncatedTokens } = await embedder.embed(asked, 'document', options);
  checkSparse(vectors, asked.length, embedder.fingerprint);
  return {
    passages: texts.map(({ passages }, i) =>
      passages.map((passage, at) => {
        const row = places[i]?.get(at);
        return row === undefined ? passage : { ...passage, sparse: packSparse(vectors[row] as SparseVector) };
      }),
    ),
    truncatedTokens: places.map((rows) => [...rows.values()].reduce((sum, row) => sum + (truncatedTokens?.[row] ?? 0), 0)),
    tokens: (tokens ?? new Uint32Array()).reduce((sum, count) => sum + count, 0),
  };
}

/** Holds what a sparse embedder gave against its promises: count, tokens that ascend, finite weights above 0. */
export function checkSparse(vectors: readonly SparseVector[], count: number, fingerprint: string): void {
  const broken = (what: string): FinetoothError =>
    new FinetoothError('E_CONTRACT', `the sparse embedder "${fingerprint}" broke its contract: ${what}.`);
  if (vectors.length !== count) throw broken(`asked for ${count} vectors, it gave ${vectors.length}`);
  for (const [row, { ids, weights }] of vectors.entries()) {
    if (ids.length !== weights.length) throw broken(`vector ${row} has ${ids.length} tokens and ${weights.length} weights`);
    for (let at = 0; at < ids.length; at++) {
      if (at > 0 && (ids[at] as number) <= (ids[at - 1] as number)) throw broken(`the tokens of vector ${row} do not ascend`);
      const weight = weights[at] as number;
      if (!Number.isFinite(weight) || weight <= 0) throw broken(`vector ${row} has the weight ${weight}; weights are above 0`);
    }
  }
}

/** An index that keeps no weights is searched by them. */
export const noSparse = (): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    (say) =>
      `the first stage by a sparse model adds up the weights that an index keeps, and this one keeps none. Rebuild it with ${say.option('sparseModel')}, or search by ${say.option('firstStage', 'hybrid')}.`,
  );
