import { FinetoothError, throwIfStopped } from '../errors.ts';
import { fingerprintWith, formOf } from '../model/catalog/fingerprint.ts';
import type { ModelEntry } from '../model/catalog/model-entry.ts';
import { eitherSignal } from '../time/either-signal.ts';
import type { CallOptions, Progress } from '../types.ts';
import { callback, checkArguments, either, needed, type OptionChecks, oneOf, signal, text, when } from '../wording/check-options.ts';
import { optional, shape } from '../wording/check-shapes.ts';
import { fetchFile, hashOf } from './fetch-file.ts';
import type { BrowserRuntime, Done, FromWorker, Work } from './messages.ts';
import type { BrowserModel, ModelSource } from './model-source.ts';
import { type BrowserWorker, web } from './web.ts';

const hasPath = shape('an object with a path', { path: text });

declare const Worker: new (address: URL, options: { readonly type: 'module' }) => BrowserWorker;

export interface BrowserModelOptions {
  /** The address of a folder with the files of a model of the catalog, which ends with its name; or more about it. */
  readonly model: string | URL | BrowserModel;
  /**
   * `webgpu` runs on the graphics processor and needs one; it suits models of full or half precision. `auto` takes it for those where there is one,
   * and WebAssembly for the rest: int8 gives the same numbers there as on a server. @default auto
   */
  readonly runtime?: BrowserRuntime | 'auto';
  /** Where the .wasm and .mjs files of onnxruntime-web lie. @default where the bundler put them */
  readonly wasmPaths?: string;
  /** The name of the browser's Cache that keeps the model's files, or null to keep none. @default finetooth-models-1 */
  readonly cache?: string | null;
  /** Called while files are fetched; not for those that are in the cache. */
  readonly onProgress?: (progress: Progress & { readonly file: string }) => void;
  /** Stops the fetching, and closes what was opened. */
  readonly signal?: AbortSignal;
  /** Starts `finetooth/browser/worker` where a bundler does not find it by itself. */
  readonly worker?: () => BrowserWorker;
}

const browserChecks: OptionChecks<BrowserModelOptions> = {
  model: needed(
    either(
      'the address of a folder, or an object with its url',
      text,
      when('an address', (value) => value instanceof URL),
      shape('an object', {
        url: either(
          'an address',
          text,
          when('an address', (value) => value instanceof URL),
        ),
        name: optional(text),
        entry: optional(
          shape('an entry of the catalog', {
            name: text,
            kind: oneOf(['bi-encoder', 'cross-encoder']),
            precision: text,
            files: shape('an object', { model: hasPath, tokenizer: hasPath }),
          }),
        ),
      }),
    ),
  ),
  runtime: oneOf(['auto', 'wasm', 'webgpu']),
  wasmPaths: text,
  cache: either('a name, or null', text, (value) => (value === null ? undefined : 'null')),
  onProgress: callback,
  signal,
  worker: callback,
};

/** Throws E_USAGE for anything else than what opening a model in a page takes. */
export function checkBrowserOptions(call: string, options: unknown): void {
  checkArguments(call, { options: [options, browserChecks] });
}

export interface OpenedWorker {
  /** Weights and what is made of them, as a server names them. */
  readonly fingerprint: Promise<string>;
  readonly ready: Promise<void>;
  /** Throws E_STOPPED when the signal is raised, at once where it waits and after the slice where it runs. */
  run<Result extends Done>(work: Work, options?: CallOptions): Promise<Result>;
  close(): void;
}

interface Waiting {
  resolve(done: Done): void;
  reject(error: unknown): void;
}

/** Fetches a model and starts a worker for it. It loads while the caller goes on; every call waits for that. */
export function openWorker({ entry, model, tokenizer }: ModelSource, options: BrowserModelOptions): OpenedWorker {
  const { cache = 'finetooth-models-1', onProgress, signal, wasmPaths } = options;
  let worker: BrowserWorker | undefined;
  let failed: FinetoothError | undefined;
  const waiting = new Map<number, Waiting>();
  let next = 0;
  const stopper = new AbortController();
  const stop = eitherSignal(signal, stopper.signal);

  const fail = (error: FinetoothError): void => {
    failed ??= error;
    for (const one of waiting.values()) one.reject(failed);
    waiting.clear();
    worker?.terminate();
  };
  const files = (async () => {
    const common = { cache, signal: stop, onProgress };
    return Promise.all([
      fetchFile(model, { ...common, sha256: entry.files.model.sha256 }),
      fetchFile(tokenizer, { ...common, sha256: entry.files.tokenizer.sha256 }),
    ]);
  })();
  const fingerprint = (async () => {
    const [{ sha256 }] = await files;
    return fingerprintWith(entry.name, entry.precision, sha256, await hashOf(new TextEncoder().encode(formOf(entry))));
  })();
  const ready = (async () => {
    const [graph, words] = await files;
    const runtime = await chosen(options.runtime ?? 'auto', entry);
    throwIfStopped(stop);
    worker = startWorker(options.worker);
    await new Promise<void>((resolve, reject) => {
      listen(worker as BrowserWorker, waiting, fail, { resolve, reject });
      const tokens = new TextDecoder().decode(words.data);
      const start = { entry, model: graph.data, tokenizer: tokens, tokenizerAddress: tokenizer, runtime, wasmPaths };
      worker?.postMessage({ start }, [graph.data]);
    });
  })();
  for (const one of [fingerprint, ready])
    one.catch((error: unknown) =>
      fail(error instanceof FinetoothError ? error : new FinetoothError('E_MODEL_FAILED', String(error), { cause: error })),
    );
  stop.addEventListener('abort', () =>
    fail(new FinetoothError('E_STOPPED', `the model ${entry.name} was closed.`, { cause: stop.reason })),
  );

  return {
    fingerprint,
    ready,
    run: async <Result extends Done>(work: Work, { signal: call }: CallOptions = {}): Promise<Result> => {
      throwIfStopped(call);
      await untilStopped(ready, call);
      if (failed !== undefined) throw failed;
      const id = next++;
      const done = new Promise<Done>((resolve, reject) => waiting.set(id, { resolve, reject }));
      worker?.postMessage({ id, work });
      return (await untilStopped(done, call).finally(() => waiting.delete(id))) as Result;
    },
    close: () => stopper.abort(),
  };
}

/** The worker's answers to those who wait for them. */
function listen(
  worker: BrowserWorker,
  waiting: Map<number, Waiting>,
  fail: (error: FinetoothError) => void,
  opening: { resolve(): void; reject(error: unknown): void },
): void {
  const broken = (error: FinetoothError): void => {
    opening.reject(error);
    fail(error);
  };
  worker.onmessage = ({ data }: { readonly data: FromWorker }) => {
    if ('ready' in data) return opening.resolve();
    if ('done' in data) return waiting.get(data.id)?.resolve(data.done);
    const error = new FinetoothError(data.failure.code, data.failure.message);
    if (data.id === undefined) broken(error);
    else waiting.get(data.id)?.reject(error);
  };
  worker.onerror = ({ message = 'its file could not be loaded' }) =>
    broken(
      new FinetoothError('E_MODEL_FAILED', `the worker for the model stopped: ${message}. Where a bundler does not find it, pass worker.`),
    );
}

function startWorker(own: (() => BrowserWorker) | undefined): BrowserWorker {
  if (own !== undefined) return own();
  if (typeof Worker === 'undefined')
    throw new FinetoothError(
      'E_RUNTIME',
      'there are no web workers here: finetooth/browser is for browsers, and finetooth for Node, Bun and Deno.',
    );
  // Bundlers look for these very words.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

async function chosen(runtime: BrowserRuntime | 'auto', { precision }: ModelEntry): Promise<BrowserRuntime> {
  if (runtime === 'wasm' || (runtime === 'auto' && precision === 'int8')) return 'wasm';
  const adapter = await web.navigator?.gpu?.requestAdapter?.().catch(() => null);
  if (adapter != null) return 'webgpu';
  if (runtime === 'auto') return 'wasm';
  throw new FinetoothError('E_RUNTIME', 'this browser has no WebGPU, or no graphics processor for it. Leave runtime out, or ask for wasm.');
}

/** What is awaited, or E_STOPPED when the signal is raised before it came. */
async function untilStopped<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  let leave: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    leave = () => {
      try {
        throwIfStopped(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
