import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { PassageSource } from '../text/passages.ts';
import type { CallOptions, Progress, Span, TokenForm } from '../types.ts';
import { fingerprintWith, formOf } from './catalog/fingerprint.ts';
import { type BiEncoderEntry, type ModelFiles, tokenSizeOf } from './catalog/model-entry.ts';
import type { EncodeRequest, EncodeResult } from './run/encode.ts';
import { charactersIn, openPool, type PoolOptions } from './run/open-pool.ts';
import { requestsOf, type SplitOptions, splitIn, splitSourcesIn } from './run/requests.ts';
import type { RuntimeName } from './run/runtime.ts';
import type { PassagesRequest, SplitRequest, SplitResult } from './tokenize/split-texts.ts';
import { type NamedToken, type TokenIdsRequest, type TokenIdsResult, tokensIn } from './tokenize/token-ids.ts';
import { namesIn, type TokenNamesRequest, type TokenNamesResult } from './tokenize/token-names.ts';

export interface EncodeOptions extends CallOptions {
  /** Which of the model's prefixes is put before each text; `none` is for late interaction. */
  readonly prefix: 'query' | 'document' | 'none';
  /** Also return the vectors of the single tokens: as they are, or packed in a form. @default none */
  readonly tokens?: 'rows' | TokenForm;
  readonly onProgress?: (progress: Progress) => void;
}

/** A local model that turns texts into vectors and, where asked, into token vectors. */
export interface BiEncoder {
  readonly files: ModelFiles<BiEncoderEntry>;
  readonly fingerprint: string;
  readonly runtime: RuntimeName;
  readonly workers: number;
  /** Resolves when a worker has the model loaded; more are started where requests wait. */
  readonly ready: Promise<void>;
  /** Rows in the order of `texts`. */
  encode(texts: readonly string[], options: EncodeOptions): Promise<EncodeResult>;
  /** The chunks of each text that fit the window behind the document prefix; one where the whole text does. */
  split(texts: readonly string[], options?: SplitOptions): Promise<readonly (readonly Span[])[]>;
  /** Where each text is split into passages that fit the window, with room for a query beside each; one where the whole text fits it. */
  passages(sources: readonly PassageSource[], options?: CallOptions): Promise<readonly (readonly Span[])[]>;
  /** The tokens of which `encode` gives vectors, in letters. */
  tokenNames(texts: readonly string[], options: Pick<EncodeOptions, 'prefix' | 'signal'>): Promise<readonly (readonly string[])[]>;
  /** All tokens of each text, however long, with the special ones of the template where they are asked for. */
  tokenize(
    texts: readonly string[],
    options: { readonly special: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (readonly NamedToken[])[]>;
  close(): Promise<void>;
}

/** Weights, pooling, layers behind it, prefixes, window, and how many of the numbers are used: all that a vector depends on. */
export function fingerprintOf({ entry, sha256 }: ModelFiles<BiEncoderEntry>): string {
  return fingerprintWith(basename(entry.name), entry.precision, sha256, createHash('sha256').update(formOf(entry)).digest('hex'));
}

/** Starts the workers; they load the model while the caller goes on. Throws E_RUNTIME when no runtime loads. */
export async function openBiEncoder(files: ModelFiles<BiEncoderEntry>, options: PoolOptions = {}): Promise<BiEncoder> {
  const { entry } = files;
  const { pool, runtime } = await openPool<
    EncodeRequest | SplitRequest | PassagesRequest | TokenNamesRequest | TokenIdsRequest,
    EncodeResult | SplitResult | TokenNamesResult | TokenIdsResult
  >(files, options);
  return {
    files,
    fingerprint: fingerprintOf(files),
    runtime,
    workers: pool.size,
    ready: pool.ready,
    encode: async (texts, { prefix, tokens, signal, onProgress }) => {
      throwIfStopped(signal);
      const before = prefix === 'none' ? '' : entry.prefix[prefix];
      let done = 0;
      const work = charactersIn({ texts });
      const parts = await Promise.all(
        requestsOf(texts, pool.size).map(async (rows) => {
          const request: EncodeRequest = {
            texts: rows.map((i) => before + (texts[i] as string)),
            role: prefix === 'query' ? 'query' : 'document',
            tokens,
          };
          const part = (await pool.run(request, signal, work)) as EncodeResult;
          done += rows.length;
          onProgress?.({ done, total: texts.length, unit: 'texts' });
          return [rows, part] as const;
        }),
      ).catch((error: unknown) => {
        throwIfStopped(signal);
        throw error;
      });
      const result = joined(parts, texts.length, entry);
      if (result.vectors.some((value) => !Number.isFinite(value))) {
        throw new FinetoothError(
          'E_MODEL_FAILED',
          `the model ${entry.name} gave a number that is not finite; its file may not suit this processor`,
        );
      }
      return result;
    },
    split: (texts, options) =>
      splitIn((request, raised) => pool.run(request, raised) as Promise<SplitResult>, texts, options?.query ?? null, options),
    passages: (sources, options) =>
      splitSourcesIn((request, raised) => pool.run(request, raised) as Promise<SplitResult>, sources, pool.size, options),
    tokenNames: async (texts, { prefix, signal }) => {
      const before = prefix === 'none' ? '' : entry.prefix[prefix];
      const request: TokenNamesRequest = { name: texts.map((text) => before + text), role: prefix === 'query' ? 'query' : 'document' };
      return namesIn((await pool.run(request, signal)) as TokenNamesResult);
    },
    tokenize: async (texts, { special, signal }) => tokensIn((await pool.run({ ids: texts, special }, signal)) as TokenIdsResult),
    close: () => pool.close(),
  };
}

function joined(parts: readonly (readonly [number[], EncodeResult])[], count: number, entry: BiEncoderEntry): EncodeResult {
  const { dimensions } = entry;
  const tokenSize = tokenSizeOf(entry);
  const vectors = new Float32Array(count * dimensions);
  const tokens = new Uint32Array(count);
  const truncated = new Uint32Array(count);
  const lengths = new Float32Array(count);
  for (const [rows, part] of parts) {
    for (const [row, i] of rows.entries()) {
      vectors.set(part.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
      tokens[i] = part.tokens[row] as number;
      truncated[i] = part.truncated[row] as number;
      lengths[i] = part.lengths[row] as number;
    }
  }
  const rowsOf = [(part: EncodeResult) => part.tokenVectors, (part: EncodeResult) => part.tokenOffsets] as const;
  const packsOf = [(part: EncodeResult) => part.packed, (part: EncodeResult) => part.packedOffsets] as const;
  const [tokenVectors, tokenOffsets] = gathered(parts, count, tokenSize, rowsOf, (length) => new Float32Array(length));
  const [packed, packedOffsets] = gathered(parts, count, 1, packsOf, (length) => new Uint8Array(length));
  return { vectors, lengths, tokens, truncated, tokenVectors, tokenOffsets, packed, packedOffsets };
}

/** Pieces of several answers, in the order of the texts. */
function gathered<T extends Float32Array | Uint8Array>(
  parts: readonly (readonly [number[], EncodeResult])[],
  count: number,
  unit: number,
  [values, offsets]: readonly [(part: EncodeResult) => T, (part: EncodeResult) => Uint32Array],
  make: (length: number) => T,
): readonly [T, Uint32Array] {
  const starts = new Uint32Array(count + 1);
  for (const [rows, part] of parts) {
    for (const [row, i] of rows.entries()) starts[i + 1] = (offsets(part)[row + 1] as number) - (offsets(part)[row] as number);
  }
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const whole = make((starts[count] as number) * unit);
  for (const [rows, part] of parts) {
    for (const [row, i] of rows.entries()) {
      const [from, to] = [offsets(part)[row] as number, offsets(part)[row + 1] as number];
      whole.set(values(part).subarray(from * unit, to * unit), (starts[i] as number) * unit);
    }
  }
  return [whole, starts];
}
