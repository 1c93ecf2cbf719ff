import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { CallOptions, Span } from '../types.ts';
import { fingerprintWith, formOf } from './catalog/fingerprint.ts';
import type { CrossEncoderEntry, ModelFiles } from './catalog/model-entry.ts';
import { withInstruction } from './catalog/scoring.ts';
import { charactersIn, openPool, type PoolOptions } from './run/open-pool.ts';
import type { Pool } from './run/pool.ts';
import { requestsOf, type SplitOptions, splitIn } from './run/requests.ts';
import type { PairRequest, PairResult } from './run/score-pairs.ts';
import type { SplitRequest, SplitResult } from './tokenize/split-texts.ts';

type CrossEncoderPool = Pool<PairRequest | SplitRequest, PairResult | SplitResult>;

export interface CrossEncoderPoolOptions extends PoolOptions {
  /** Milliseconds without work after which the model is let go; the next call loads it again. @default 300,000 */
  readonly idleMs?: number;
}

export interface ScorePairsOptions extends CallOptions {
  /** What the model is to judge by. @default its own */
  readonly instruction?: string | undefined;
}

/** A local model that reads query and text together. It is loaded by the first call. */
export interface CrossEncoder {
  readonly files: ModelFiles<CrossEncoderEntry>;
  readonly fingerprint: string;
  /** Resolves when a worker has the model loaded; more are started where requests wait. */
  load(): Promise<void>;
  /** One logit a text, in the order of `texts`. Throws E_RUNTIME when no runtime loads, E_USAGE for an instruction to a model that takes none. */
  score(query: string, texts: readonly string[], options?: ScorePairsOptions): Promise<PairResult>;
  /** The chunks of each text that fit the window beside the query; one where the whole text does. */
  split(query: string, texts: readonly string[], options?: SplitOptions): Promise<readonly (readonly Span[])[]>;
  close(): Promise<void>;
}

/** Five minutes: longer than a person thinks between two queries. */
const IDLE_MS = 300_000;

export function openCrossEncoder(files: ModelFiles<CrossEncoderEntry>, options: CrossEncoderPoolOptions = {}): CrossEncoder {
  const { idleMs = IDLE_MS, ...poolOptions } = options;
  let opened: Promise<CrossEncoderPool> | undefined;
  let running = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const letGo = async (): Promise<void> => {
    clearTimeout(idle);
    const pool = opened;
    opened = undefined;
    await (await pool?.catch(() => undefined))?.close();
  };
  const withPool = async <T>(work: (pool: CrossEncoderPool) => Promise<T>): Promise<T> => {
    if (closed) throw new FinetoothError('E_STOPPED', `the model ${files.entry.name} was closed before it was asked for more`);
    clearTimeout(idle);
    running++;
    try {
      opened ??= openPool<PairRequest | SplitRequest, PairResult | SplitResult>(files, poolOptions).then(
        ({ pool }) => pool,
        (error: unknown) => {
          // What could not be opened is tried again by the next call.
          opened = undefined;
          throw error;
        },
      );
      return await work(await opened);
    } catch (error) {
      // A model that failed is loaded again by the next call.
      if (error instanceof FinetoothError && error.code === 'E_MODEL_FAILED') await letGo();
      throw error;
    } finally {
      running--;
      if (running === 0 && !closed) idle = setTimeout(letGo, idleMs).unref();
    }
  };

  return {
    files,
    fingerprint: fingerprintOf(files),
    load: () => withPool((pool) => pool.ready),
    score: (query, texts, { signal, instruction } = {}) =>
      withPool(async (pool) => {
        if (instruction !== undefined) withInstruction(files.entry.scoring, instruction, files.entry.name);
        throwIfStopped(signal);
        const work = charactersIn({ texts });
        const result: PairResult = {
          scores: new Float32Array(texts.length),
          tokens: new Uint32Array(texts.length),
          truncated: new Uint32Array(texts.length),
          queryTruncated: new Uint32Array(texts.length),
        };
        await Promise.all(
          requestsOf(texts, pool.size).map(async (rows) => {
            const part = (await pool.run({ query, texts: rows.map((i) => texts[i] as string), instruction }, signal, work)) as PairResult;
            rows.forEach((i, row) => {
              for (const key of ['scores', 'tokens', 'truncated', 'queryTruncated'] as const) result[key][i] = part[key][row] as number;
            });
          }),
        ).catch((error: unknown) => {
          throwIfStopped(signal);
          throw error;
        });
        if (!result.scores.every(Number.isFinite)) {
          throw new FinetoothError(
            'E_MODEL_FAILED',
            `the model ${files.entry.name} gave a score that is not finite; its file may not suit this processor`,
          );
        }
        return result;
      }),
    split: (query, texts, options) =>
      withPool((pool) => splitIn((request, raised) => pool.run(request, raised) as Promise<SplitResult>, texts, query, options)),
    close: async () => {
      closed = true;
      await letGo();
    },
  };
}

/** Weights, window and reading of the output: all that a score depends on. */
function fingerprintOf({ entry, sha256 }: ModelFiles<CrossEncoderEntry>): string {
  return fingerprintWith(basename(entry.name), entry.precision, sha256, createHash('sha256').update(formOf(entry)).digest('hex'));
}
