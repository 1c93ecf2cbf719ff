import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { CallOptions, SparseVector } from '../types.ts';
import { fingerprintWith, formOf } from './catalog/fingerprint.ts';
import type { ModelFiles, SparseEncoderEntry } from './catalog/model-entry.ts';
import { charactersIn, openPool, type PoolOptions } from './run/open-pool.ts';
import type { Pool } from './run/pool.ts';
import { requestsOf } from './run/requests.ts';
import type { WeighRequest, WeighResult } from './run/weigh-tokens.ts';
import { type IdNamesRequest, namesIn, type TokenNamesResult } from './tokenize/token-names.ts';

type SparsePool = Pool<WeighRequest | IdNamesRequest, WeighResult | TokenNamesResult>;

export interface WeighOptions extends CallOptions {
  /** As which the texts are read: the prefix of the model before them, and queries that it looks up. */
  readonly role: 'query' | 'document';
}

export interface WeighedTexts {
  /** In the order of the texts. */
  readonly vectors: readonly SparseVector[];
  /** [count] Tokens that were read of each text, special ones included; how many did not fit. */
  readonly tokens: Uint32Array;
  readonly truncated: Uint32Array;
}

/** A local model that weighs the tokens of its vocabulary for a text. It is loaded by the first call; where queries are looked up, without its graph. */
export interface SparseEncoder {
  readonly files: ModelFiles<SparseEncoderEntry>;
  readonly fingerprint: string;
  /** Resolves when queries can be weighed without waiting. */
  load(): Promise<void>;
  weigh(texts: readonly string[], options: WeighOptions): Promise<WeighedTexts>;
  /** Tokens in letters, as the vocabulary has them. */
  names(ids: readonly number[], options?: CallOptions): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function openSparseEncoder(files: ModelFiles<SparseEncoderEntry>, options: PoolOptions = {}): SparseEncoder {
  const { entry } = files;
  let closed = false;
  const pools = new Map<boolean, Promise<SparsePool>>();
  /** Queries that are looked up take no time, and one worker without weights is enough for them. */
  const poolFor = (role: WeighOptions['role']): Promise<SparsePool> => {
    if (closed) throw new FinetoothError('E_STOPPED', `the model ${entry.name} was closed before it was asked for more`);
    const isLookedUp = role === 'query' && entry.queryWeights !== undefined;
    const opened = pools.get(isLookedUp);
    if (opened !== undefined) return opened;
    const opening = openPool<WeighRequest | IdNamesRequest, WeighResult | TokenNamesResult>(
      files,
      isLookedUp ? { ...options, threads: 1, device: 'cpu' } : options,
    ).then(({ pool }) => pool);
    pools.set(isLookedUp, opening);
    // What could not be opened is tried again by the next call.
    opening.catch(() => pools.delete(isLookedUp));
    return opening;
  };
  return {
    files,
    fingerprint: fingerprintOf(files),
    load: async () => (await poolFor('query')).ready,
    weigh: async (texts, { role, signal }) => {
      throwIfStopped(signal);
      const pool = await poolFor(role);
      const work = charactersIn({ texts });
      const vectors: SparseVector[] = [];
      const [tokens, truncated] = [new Uint32Array(texts.length), new Uint32Array(texts.length)];
      await Promise.all(
        requestsOf(texts, pool.size).map(async (rows) => {
          const weigh = rows.map((i) => entry.prefix[role] + (texts[i] as string));
          const part = (await pool.run({ weigh, role }, signal, work)) as WeighResult;
          rows.forEach((i, row) => {
            const [from, to] = [part.offsets[row] as number, part.offsets[row + 1] as number];
            vectors[i] = { ids: part.ids.slice(from, to), weights: part.weights.slice(from, to) };
            tokens[i] = part.tokens[row] as number;
            truncated[i] = part.truncated[row] as number;
          });
        }),
      ).catch((error: unknown) => {
        throwIfStopped(signal);
        throw error;
      });
      return { vectors, tokens, truncated };
    },
    names: async (ids, { signal } = {}) => {
      const pool = await poolFor('query');
      return namesIn((await pool.run({ idNames: ids }, signal)) as TokenNamesResult)[0] as readonly string[];
    },
    close: async () => {
      closed = true;
      for (const opening of pools.values()) await (await opening.catch(() => undefined))?.close();
    },
  };
}

/** Weights, form of the weights, prefixes and window: all that they depend on. */
export function fingerprintOf({ entry, sha256 }: ModelFiles<SparseEncoderEntry>): string {
  return fingerprintWith(basename(entry.name), entry.precision, sha256, createHash('sha256').update(formOf(entry)).digest('hex'));
}
