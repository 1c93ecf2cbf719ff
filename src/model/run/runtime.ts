import { readFile } from 'node:fs/promises';
import { FinetoothError, messageOf } from '../../errors.ts';
import { importFirst } from '../../fetch/import-first.ts';
import { nativePackage, runtimeAdvice } from './missing-runtime.ts';

/** `auto` takes the native runtime and, where that cannot load, WebAssembly. */
export type RuntimeChoice = 'auto' | 'native' | 'wasm';
export type RuntimeName = 'native' | 'wasm';

/** What runs the numbers: the processor, or a graphics processor through a provider of onnxruntime-node. */
export const devices = ['cpu', 'cuda', 'coreml', 'directml', 'webgpu'] as const;
export type Device = (typeof devices)[number];

/** onnxruntime's own names, where they are others. */
const providerOf = (device: Device): string => (device === 'directml' ? 'dml' : device);

/** Devices for which this build of the native runtime has a provider; whether their libraries are there is seen when a model is loaded. */
export async function nativeDevices(): Promise<readonly Device[]> {
  const { listSupportedBackends } = (await importFirst(nativePackage, 'onnxruntime-node')) as typeof import('onnxruntime-node');
  const names = listSupportedBackends().map(({ name }) => name);
  return devices.filter((device) => names.includes(providerOf(device)));
}

/** The part of onnxruntime that is used: both builds have it. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Of onnxruntime. */
  readonly version: string;
  readonly Tensor: TensorConstructor;
  /**
   * One session over the model at `model`, or over its bytes; `threads` inside one run, 1 or more (WebAssembly always takes 1). What the device's provider cannot run, the
   * processor runs. Throws where the device cannot be used (WebAssembly knows the processor alone).
   */
  createSession(model: string | Uint8Array, threads: number, device?: Device): Promise<InferenceSession>;
}

/** What is used of a tensor. The types of the package are not named: they need those of a browser, and the package may be missing. */
export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Numbers as `type` has them, row after row. */
  readonly data: ArrayLike<unknown>;
  dispose(): void;
}
type TensorConstructor = new (
  type: 'int64' | 'float16' | 'float32' | 'string',
  data: BigInt64Array | Uint16Array | Float32Array | readonly string[],
  dims: readonly number[],
) => Tensor;

/** What is used of a session. */
export interface InferenceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly InputMetadata[];
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}
type InputMetadata =
  | { readonly name: string; readonly isTensor: false }
  | { readonly name: string; readonly isTensor: true; readonly type: string; readonly shape: readonly (number | string)[] };

/** Loads the runtime of that name or throws what its loader said. */
export const openRuntime = (name: RuntimeName): Promise<Runtime> => (name === 'native' ? openNative() : openWasm());

/** Which runtime this machine gets, and why not the native one. Throws E_RUNTIME when none loads. */
export async function chooseRuntime(choice: RuntimeChoice): Promise<{ readonly name: RuntimeName; readonly nativeFailure?: string }> {
  const failures: string[] = [];
  for (const name of choice === 'auto' ? (['native', 'wasm'] as const) : [choice]) {
    try {
      await openRuntime(name);
      return failures[0] === undefined ? { name } : { name, nativeFailure: failures[0] };
    } catch (error) {
      failures.push(messageOf(error).split('\n')[0] ?? '');
    }
  }
  throw new FinetoothError('E_RUNTIME', `no runtime for local models loads here (${failures.join('; ')}). ${runtimeAdvice(choice)}`);
}

async function openNative(): Promise<Runtime> {
  // It reports to its maker from version 1.30 on unless this is set (core/platform/posix/telemetry.cc), and nothing may leave a machine unasked. The
  // first to load it is the main thread, whose variables are the process's.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const ort = (await importFirst(nativePackage, 'onnxruntime-node')) as typeof import('onnxruntime-node');
  return {
    name: 'native',
    version: versionOf(ort),
    Tensor: ort.Tensor,
    createSession: (model, threads, device = 'cpu') =>
      // Its types have a path or bytes, never either.
      ort.InferenceSession.create(model as string, {
        executionProviders: device === 'cpu' ? ['cpu'] : [providerOf(device), 'cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      }) as Promise<unknown> as Promise<InferenceSession>,
  };
}

async function openWasm(): Promise<Runtime> {
  const ort = (await import('@finetooth/runtime-wasm')) as unknown as typeof import('onnxruntime-node');
  ort.env.wasm.numThreads = 1;
  return {
    name: 'wasm',
    version: versionOf(ort),
    Tensor: ort.Tensor,
    createSession: async (model) =>
      (await ort.InferenceSession.create(typeof model === 'string' ? await readFile(model) : model, {
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      })) as unknown as InferenceSession,
  };
}

/** A build states its own beside that of what all builds share. */
const versionOf = ({ env: { versions } }: Pick<typeof import('onnxruntime-node'), 'env'>): string =>
  versions.node ?? versions.web ?? versions.common;
