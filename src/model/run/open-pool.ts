import { availableParallelism } from 'node:os';
import type { ModelFiles } from '../catalog/model-entry.ts';
import { wasmSlowdown } from './missing-runtime.ts';
import { createPool, type Pool, warnOfDevice } from './pool.ts';
import { chooseRuntime, type Device, nativeDevices, type RuntimeChoice, type RuntimeName } from './runtime.ts';

export interface PoolOptions {
  /** @default auto */
  readonly runtime?: RuntimeChoice;
  /** Workers at most, each with one thread and a copy of the weights; one at first, more where requests wait for them. 1 to 64. @default one per processor, at most 8, of which long jobs keep half idle where that is measured to be faster */
  readonly threads?: number;
  /** What runs the model; where it cannot be had, the processor does, with a warning. @default cpu */
  readonly device?: Device;
  /** Megabytes that the process may hold: fewer workers are started when more would not fit, but always one. @default 2048 */
  readonly maxMemory?: number;
}

/** What the process holds before it has a worker. */
const PROCESS_MEGABYTES = 70;

/** Megabytes that the process holds with workers of several models: [bytes of the weights, workers]. */
export const megabytesOf = (models: readonly (readonly [number, number])[]): number =>
  models.reduce((sum, [bytes, workers]) => sum + workerMegabytes(bytes) * workers, PROCESS_MEGABYTES);

/** Characters that a model reads of a request; what is asked of a tokenizer alone counts nothing. */
export function charactersIn(request: unknown): number {
  const { texts, weigh } = request as { readonly texts?: readonly string[]; readonly weigh?: readonly string[] };
  return (texts ?? weigh ?? []).reduce((sum, text) => sum + text.length, 0);
}

/** Starts the workers of a model; they load it while the caller goes on. Throws E_RUNTIME when no runtime loads. */
export async function openPool<Request, Result>(
  files: ModelFiles,
  options: PoolOptions,
): Promise<{ readonly pool: Pool<Request, Result>; readonly runtime: RuntimeName }> {
  // A table needs none.
  const isTable = files.entry.kind === 'bi-encoder' && files.entry.table !== undefined;
  const chosen = isTable ? ({ name: 'native' } as const) : await chooseRuntime(options.runtime ?? 'auto');
  if ('nativeFailure' in chosen && chosen.nativeFailure !== undefined) {
    process.emitWarning(`the native runtime cannot load (${chosen.nativeFailure}); WebAssembly takes over, ${wasmSlowdown}.`, {
      code: 'FINETOOTH_WASM',
    });
  }
  const device = await usableDevice(options.device ?? 'cpu', chosen.name);
  const fitting = Math.floor(((options.maxMemory ?? 2048) - PROCESS_MEGABYTES) / workerMegabytes(files.bytes));
  // A graphics processor is one, whoever asks it.
  const most = options.threads ?? (device === 'cpu' ? Math.min(availableParallelism(), 8) : 1);
  const workers = Math.max(1, Math.min(most, fitting));
  const { entry, folder, modelPath, tokenizerPath } = files;
  return {
    pool: createPool(workers, { runtime: chosen.name, entry, folder, modelPath, tokenizerPath, threads: 1, device }, charactersIn),
    runtime: chosen.name,
  };
}

/** The device, or the processor where the runtime has no provider for it, with a warning. */
async function usableDevice(device: Device, runtime: RuntimeName): Promise<Device> {
  if (device === 'cpu') return device;
  const known = runtime === 'native' ? await nativeDevices() : (['cpu'] as const);
  if (known.some((one) => one === device)) return device;
  warnOfDevice(device, `${runtime === 'native' ? 'this build of onnxruntime-node' : 'WebAssembly'} has ${known.join(', ')}`);
  return 'cpu';
}

/**
 * Megabytes that a worker holds at its fullest: weights as the runtime repacks them, activations of one full window, its own heap.
 * Measured with the bundled model, 200 to 224 (`npm run bench -- memory`).
 */
const workerMegabytes = (weightBytes: number): number => 130 + (2.2 * weightBytes) / 1e6;
