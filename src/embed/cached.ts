import { createHash } from 'node:crypto';
import { type KnownVector, sqliteVectors } from '../cache/sqlite-vectors.ts';
import { FinetoothError } from '../errors.ts';
import { checkArguments, needed, type OptionChecks, text, whole } from '../wording/check-options.ts';
import { decorate } from '../wording/decorate.ts';
import { checkedEmbed, isEmbedder } from './checked-calls.ts';
import type { Embedder } from './embedder.ts';

export interface VectorCacheOptions {
  /** A folder that any number of processes may share; about four bytes per number of a vector. */
  readonly at: string;
  /** Vectors that are cached; the oldest go first. 100 to 100,000,000. @default 1,000,000 */
  readonly maxEntries?: number;
}

const cacheChecks: OptionChecks<VectorCacheOptions> = { at: needed(text), maxEntries: whole(100, 100_000_000) };

/** Changes when what stands under a key changes its meaning. */
const RECIPE = 'vectors-1';

/**
 * Embeds each text once: an index that is made again, and a query that is asked again, buy nothing twice. Keyed by the embedder's fingerprint, role,
 * prompt and text. Token vectors are not cached: a call that wants them goes through.
 *
 * @example
 * import { createEmbedder, openIndex } from 'finetooth';
 * import { cachedEmbedder } from 'finetooth/embedders';
 *
 * const embedder = cachedEmbedder(await createEmbedder(), { at: './vectors-cache' });
 * const index = await openIndex('memory:', { create: { tokens: null }, embedder }); // token vectors are not cached
 * await index.add([{ id: 'bats', text: 'Bats hunt by echo.' }]);
 * await index.close();
 *
 * @throws E_CACHE_DAMAGED for a file in the folder that is no cache, E_USAGE for an option that there is not
 */
export function cachedEmbedder(embedder: Embedder, options: VectorCacheOptions): Embedder {
  checkArguments("cachedEmbedder(embedder, { at: './vectors' })", { embedder: [embedder, isEmbedder], options: [options, cacheChecks] });
  const { at, maxEntries = 1_000_000 } = options;
  const cache = sqliteVectors(at, maxEntries);
  const about = JSON.stringify([RECIPE, embedder.fingerprint]);
  return decorate(embedder, {
    embed: checkedEmbed(async (texts, role, options = {}) => {
      if (options.tokens !== undefined) return embedder.embed(texts, role, options);
      const before = options.prompt === undefined ? role : `${role} ${JSON.stringify(options.prompt)}`;
      const keys = texts.map((text) => createHash('sha256').update(`${about} ${before}\n`).update(text).digest('base64url'));
      const known = [...cache.get(keys)];
      // A text that stands twice in one call is asked for once.
      const fresh = [...new Map(keys.flatMap((key, i) => (known[i] === undefined ? [[key, i] as const] : []))).values()];
      const given =
        fresh.length === 0
          ? undefined
          : await embedder.embed(
              fresh.map((i) => texts[i] as string),
              role,
              options,
            );
      const size = embedder.dimensions;
      if (given !== undefined && (given.count !== fresh.length || given.data.length !== fresh.length * size))
        throw new FinetoothError(
          'E_CONTRACT',
          `the embedder "${embedder.fingerprint}" broke its contract: asked for ${fresh.length} vectors, it gave ${given.count}.`,
        );
      const added = fresh.map((i, row): readonly [string, KnownVector] => [
        keys[i] as string,
        {
          vector: (given?.data ?? new Float32Array(0)).slice(row * size, (row + 1) * size),
          truncatedTokens: given?.truncatedTokens?.[row] ?? 0,
        },
      ]);
      if (added.length > 0) cache.put(added);
      const found = new Map(added);
      const all = known.map((one, i) => one ?? (found.get(keys[i] as string) as KnownVector));
      const data = new Float32Array(texts.length * size);
      for (const [i, { vector }] of all.entries()) data.set(vector, i * size);
      return {
        data,
        dimensions: size,
        count: texts.length,
        truncatedTokens: all.some(({ truncatedTokens }) => truncatedTokens > 0)
          ? Uint32Array.from(all, ({ truncatedTokens }) => truncatedTokens)
          : undefined,
        usage: given?.usage === undefined ? undefined : given.usage,
      };
    }),
    close: async () => {
      cache.close();
      await embedder.close?.();
    },
  });
}
