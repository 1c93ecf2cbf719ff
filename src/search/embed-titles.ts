import type { Embedder } from '../embed/embedder.ts';
import { packTitle, titleForm } from '../math/packed-title.ts';
import { keepsTitles, type Manifest, type StoreCapabilities } from '../store/store.ts';
import type { CallOptions, Document, Vectors } from '../types.ts';
import { checkTokens, checkVectors } from './check.ts';
import { titleOf } from './title.ts';

export interface EmbedTitlesOptions extends CallOptions {
  readonly manifest: Manifest;
  readonly capabilities: StoreCapabilities;
}

export interface EmbeddedTitles {
  /** By id, packed as the index keeps them. */
  readonly titles: ReadonlyMap<string, Uint8Array>;
  /** What the embedder said of them; absent where it was not asked. */
  readonly vectors?: Vectors;
}

/** The vectors of the titles of documents, where the index keeps them; those without a title have none. */
export async function embedTitles(
  embedder: Embedder | null,
  documents: readonly { readonly id: string; readonly document: Document }[],
  { manifest, capabilities, signal }: EmbedTitlesOptions,
): Promise<EmbeddedTitles> {
  const { tokens } = manifest;
  if (embedder === null || tokens === undefined || capabilities.titles !== true || !keepsTitles(manifest)) return { titles: new Map() };
  const found = documents.flatMap(({ id, document }) => {
    const text = titleOf(document, manifest);
    return text === undefined ? [] : [{ id, text }];
  });
  if (found.length === 0) return { titles: new Map() };
  const form = titleForm(tokens);
  const texts = found.map(({ text }) => text);
  const vectors = await embedder.embed(texts, 'document', { signal, tokens: form });
  checkVectors(vectors, texts.length, embedder.dimensions, embedder.fingerprint);
  checkTokens(vectors, form, embedder.fingerprint);
  const { data, dimensions, tokenVectors } = vectors;
  const packed = (row: number): Uint8Array =>
    packTitle(data.subarray(row * dimensions, (row + 1) * dimensions), tokenVectors?.[row] as Uint8Array, form);
  return { titles: new Map(found.map(({ id }, row) => [id, packed(row)])), vectors };
}
