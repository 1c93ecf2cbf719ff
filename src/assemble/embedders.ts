import { cachedEmbedder } from '../embed/cached.ts';
import type { Embedder } from '../embed/embedder.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { hostedEmbedder } from './hosted.ts';
import { localEmbedder, type ModelOptions, openModel } from './parts.ts';

export interface OpenedEmbedder {
  readonly embedder: Embedder;
  /** Of a local model: what late interaction needs. */
  readonly encoder?: BiEncoder;
  /** The name under which it is opened again. */
  readonly model: string;
}

/** The name of a model that is on this machine; nothing for a hosted one. */
export const localName = (name: string | undefined): string | undefined => (name !== undefined && looksHosted(name) ? undefined : name);

/**
 * An embedder by name: a local model, or `vendor:model`. `accept` sees the fingerprint before anything is loaded; `dimensions` are those of an index
 * that was made with it.
 */
export const openEmbedder = async (
  name: string | undefined,
  options: ModelOptions = {},
  accept?: (fingerprint: string) => void,
  dimensions?: number,
): Promise<OpenedEmbedder> => {
  if (name !== undefined && looksHosted(name)) {
    const embedder = await hostedEmbedder(name, { ...options.hosted, dimensions });
    accept?.(embedder.fingerprint);
    const { vectorCache: at } = options;
    return { embedder: at === undefined ? embedder : cachedEmbedder(embedder, { at }), model: name };
  }
  const encoder = await openModel(name, options, accept);
  return { embedder: localEmbedder(encoder), encoder, model: encoder.files.entry.name };
};
