import type { ErrorCode } from '../errors.ts';
import type { ModelEntry } from '../model/catalog/model-entry.ts';
import type { EncodeRequest, EncodeResult } from '../model/run/encode.ts';
import type { PairRequest, PairResult } from '../model/run/score-pairs.ts';

export type BrowserRuntime = 'wasm' | 'webgpu';

/** What a worker is told first. */
export interface Start {
  readonly entry: ModelEntry;
  readonly model: ArrayBuffer;
  /** The tokenizer.json, and its address for errors. */
  readonly tokenizer: string;
  readonly tokenizerAddress: string;
  readonly runtime: BrowserRuntime;
  /** Where the runtime's .wasm and .mjs lie. @default beside it, as the bundler has put them */
  readonly wasmPaths?: string | undefined;
}

export type Work = Pick<EncodeRequest, 'texts'> | PairRequest;
export type Done = EncodeResult | PairResult;

export type ToWorker = { readonly start: Start } | { readonly id: number; readonly work: Work };

export type FromWorker =
  | { readonly ready: true }
  | { readonly id: number; readonly done: Done }
  /** Without an id: the model did not load. */
  | { readonly id?: number; readonly failure: { readonly code: ErrorCode; readonly message: string } };
