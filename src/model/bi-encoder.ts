import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { CallOptions, Progress } from '../types.ts';
import type { EncodeResult } from './encode.ts';
import type { ModelFiles } from './model-entry.ts';
import { createPool } from './pool.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeName, wasmSlowdown } from './runtime.ts';

export interface BiEncoderOptions {
  /** @default auto */
  readonly runtime?: RuntimeChoice;
  /** Workers, each with one thread and a copy of the weights. 1 to 64. @default one a processor, at most 8 */
  readonly threads?: number;
  /** Megabytes that the process may hold: fewer workers are started when more would not fit, but always one. @default 2048 */
  readonly maxMemory?: number;
}

export interface EncodeOptions extends CallOptions {
  /** Which of the model's prefixes is put before each text; `none` is for late interaction. */
  readonly prefix: 'query' | 'document' | 'none';
  /** Also return the vectors of the single tokens. @default false */
  readonly withTokens?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** A local model that turns texts into vectors and, where asked, into token vectors. */
export interface BiEncoder {
  readonly files: ModelFiles;
  readonly fingerprint: string;
  readonly runtime: RuntimeName;
  readonly workers: number;
  /** Resolves when every worker has the model loaded. */
  readonly ready: Promise<void>;
  /** Rows in the order of `texts`. */
  encode(texts: readonly string[], options: EncodeOptions): Promise<EncodeResult>;
  close(): Promise<void>;
}

/**
 * Megabytes that a worker holds at its fullest: weights as the runtime repacks them, activations of one full window, its own heap.
 * Measured with the bundled model, 200 to 224 (`npm run bench -- memory`).
 */
const workerMegabytes = (weightBytes: number): number => 130 + (2.2 * weightBytes) / 1e6;
/** What the process holds before it has a worker. */
const PROCESS_MEGABYTES = 70;

/** Weights, pooling, prefixes and window: all that a vector depends on. */
export const fingerprintOf = ({ entry, sha256 }: ModelFiles): string => {
  const form = JSON.stringify([entry.pooling, entry.prefix.query, entry.prefix.document, entry.maxTokens]);
  // A folder may be moved: its path is no part of what a vector depends on.
  return `${basename(entry.name)}@${entry.precision}:${sha256.slice(0, 12)}:${createHash('sha256').update(form).digest('hex').slice(0, 8)}`;
};

/** A request to a worker is small, so that stopping is prompt and the last worker does not keep the others waiting. */
const REQUEST_TEXTS = 16;
const REQUEST_CHARACTERS = 8_192;

const requestsOf = (texts: readonly string[], workers: number): number[][] => {
  const order = texts.map((_, i) => i).sort((a, b) => (texts[b] as string).length - (texts[a] as string).length || a - b);
  const most = Math.max(1, Math.min(REQUEST_TEXTS, Math.ceil(texts.length / (workers * 4))));
  const requests: number[][] = [];
  let characters = 0;
  for (const i of order) {
    const length = (texts[i] as string).length;
    const open = requests.at(-1);
    if (open === undefined || open.length >= most || characters + length > REQUEST_CHARACTERS) {
      requests.push([i]);
      characters = length;
    } else {
      open.push(i);
      characters += length;
    }
  }
  return requests;
};

const joined = (parts: readonly (readonly [number[], EncodeResult])[], count: number, dimensions: number): EncodeResult => {
  const vectors = new Float32Array(count * dimensions);
  const tokens = new Uint32Array(count);
  const cut = new Uint32Array(count);
  const tokenOffsets = new Uint32Array(count + 1);
  for (const [rows, part] of parts) {
    rows.forEach((i, row) => {
      vectors.set(part.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
      tokens[i] = part.tokens[row] as number;
      cut[i] = part.cut[row] as number;
      tokenOffsets[i + 1] = (part.tokenOffsets[row + 1] as number) - (part.tokenOffsets[row] as number);
    });
  }
  for (let i = 0; i < count; i++) tokenOffsets[i + 1] = (tokenOffsets[i + 1] as number) + (tokenOffsets[i] as number);
  const tokenVectors = new Float32Array((tokenOffsets[count] as number) * dimensions);
  for (const [rows, part] of parts) {
    rows.forEach((i, row) => {
      const from = (part.tokenOffsets[row] as number) * dimensions;
      const to = (part.tokenOffsets[row + 1] as number) * dimensions;
      tokenVectors.set(part.tokenVectors.subarray(from, to), (tokenOffsets[i] as number) * dimensions);
    });
  }
  return { vectors, tokens, cut, tokenVectors, tokenOffsets };
};

/** Starts the workers; they load the model while the caller goes on. Throws E_RUNTIME when no runtime loads. */
export const openBiEncoder = async (files: ModelFiles, options: BiEncoderOptions = {}): Promise<BiEncoder> => {
  const { entry } = files;
  const chosen = await chooseRuntime(options.runtime ?? 'auto');
  if (chosen.nativeFailure !== undefined) {
    process.emitWarning(`the native runtime cannot load (${chosen.nativeFailure}); WebAssembly takes over, ${wasmSlowdown}.`, {
      code: 'FINETOOTH_WASM',
    });
  }
  const fitting = Math.floor(((options.maxMemory ?? 2048) - PROCESS_MEGABYTES) / workerMegabytes(files.bytes));
  const workers = Math.max(1, Math.min(options.threads ?? Math.min(availableParallelism(), 8), fitting));
  const pool = createPool(workers, {
    runtime: chosen.name,
    entry,
    modelPath: files.modelPath,
    tokenizerPath: files.tokenizerPath,
    threads: 1,
  });
  return {
    files,
    fingerprint: fingerprintOf(files),
    runtime: chosen.name,
    workers,
    ready: pool.ready,
    encode: async (texts, { prefix, withTokens = false, signal, onProgress }) => {
      throwIfStopped(signal);
      const before = prefix === 'none' ? '' : entry.prefix[prefix];
      let done = 0;
      const parts = await Promise.all(
        requestsOf(texts, workers).map(async (rows) => {
          const request = { texts: rows.map((i) => before + (texts[i] as string)), withTokens };
          const part = await pool.run(request, signal);
          done += rows.length;
          onProgress?.({ done, total: texts.length, unit: 'texts' });
          return [rows, part] as const;
        }),
      ).catch((error: unknown) => {
        throwIfStopped(signal);
        throw error;
      });
      const result = joined(parts, texts.length, entry.dimensions);
      if (result.vectors.some((value) => !Number.isFinite(value))) {
        throw new FinetoothError(
          'E_MODEL_FAILED',
          `the model ${entry.name} gave a number that is not finite; its file may not suit this processor`,
        );
      }
      return result;
    },
    close: () => pool.close(),
  };
};
