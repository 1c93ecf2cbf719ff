import { unlessZero } from '../math/vectors.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { hasTokenVectors, tokenSizeOf } from '../model/catalog/model-entry.ts';
import { isBiEncoder } from '../model/check-model.ts';
import { checkArguments } from '../wording/check-options.ts';
import { checkedEmbed, checkedSplit } from './checked-calls.ts';
import type { Embedder } from './embedder.ts';

/**
 * An embedder over a local bi-encoder: its prefixes for queries and documents, its pooling, vectors of length 1.
 *
 * @example
 * import { localEmbedder, openModel } from 'finetooth/embedders';
 *
 * const encoder = await openModel();
 * const embedder = localEmbedder(encoder);
 * const { dimensions } = await embedder.embed(['how do bats find their way'], 'query');
 * console.log(dimensions); // 384
 * await encoder.close();
 */
export function localEmbedder(encoder: BiEncoder): Embedder {
  checkArguments('localEmbedder(await openModel())', { encoder: [encoder, isBiEncoder] });
  return {
    fingerprint: encoder.fingerprint,
    dimensions: encoder.files.entry.dimensions,
    tokenSize: hasTokenVectors(encoder.files.entry) ? tokenSizeOf(encoder.files.entry) : undefined,
    languages: encoder.files.entry.languages,
    prompts: encoder.files.entry.prompts ?? {},
    embed: checkedEmbed(async (texts, role, options = {}) => {
      const { vectors, lengths, tokens, truncated, packed, packedOffsets } = await encoder.encode(texts, { ...options, prefix: role });
      const packs = texts.map((_, i) => packed.subarray(packedOffsets[i], packedOffsets[i + 1]));
      return {
        data: vectors,
        dimensions: encoder.files.entry.dimensions,
        count: texts.length,
        lengths,
        tokens,
        tokenVectors: options.tokens === undefined ? undefined : packs,
        truncatedTokens: unlessZero(truncated),
      };
    }),
    split: checkedSplit((sources, options) => encoder.passages(sources, options)),
    load: () => encoder.ready,
    close: () => encoder.close(),
  };
}
