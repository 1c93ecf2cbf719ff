/** A web worker: one model, its tokenizer, and a runtime. What it computes with is what a worker of Node computes with. */
import { FinetoothError, messageOf } from '../errors.ts';
import { encodeTexts } from '../model/run/encode.ts';
import type { Runtime } from '../model/run/runtime.ts';
import { scorePairs } from '../model/run/score-pairs.ts';
import { readTokenizer } from '../model/tokenize/tokenizer.ts';
import type { BrowserRuntime, Done, FromWorker, Start, ToWorker, Work } from './messages.ts';

interface WorkerScope {
  postMessage(message: FromWorker, transfer?: readonly ArrayBuffer[]): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

let opened: Promise<(work: Work) => Promise<Done>> | undefined;
/** Requests are run one after the other: a session is asked for one thing at a time. */
let last: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if ('start' in data) {
    opened = open(data.start);
    opened.then(
      () => scope.postMessage({ ready: true }),
      (error: unknown) => scope.postMessage({ failure: told(error) }),
    );
    return;
  }
  const { id, work } = data;
  last = last.then(async () => {
    try {
      const done = await (await (opened as NonNullable<typeof opened>))(work);
      const buffers = Object.values(done).map((array: Float32Array | Uint32Array) => array.buffer as ArrayBuffer);
      scope.postMessage({ id, done }, [...new Set(buffers)]);
    } catch (error) {
      scope.postMessage({ id, failure: told(error) });
    }
  });
};

async function open({
  entry,
  model,
  tokenizer: json,
  tokenizerAddress,
  runtime: name,
  wasmPaths,
}: Start): Promise<(work: Work) => Promise<Done>> {
  const endToken = entry.kind === 'bi-encoder' ? entry.endToken : undefined;
  const tokenizer = readTokenizer(json, tokenizerAddress, { endToken });
  const { runtime, createSession } = await openRuntime(name, wasmPaths);
  const session = await createSession(new Uint8Array(model));
  if (entry.kind === 'bi-encoder') return (work) => encodeTexts(work, { runtime, session, tokenizer, entry });
  if (entry.kind === 'sparse-encoder')
    throw new FinetoothError('E_USAGE', `the model ${entry.name} weighs tokens, which is not done in a browser. Use another one.`);
  if (entry.scoring.form !== 'classifier' || entry.scoring.prompt !== undefined)
    throw new FinetoothError('E_USAGE', `the model ${entry.name} is asked with a prompt, which a browser does not write. Use another one.`);
  const ask = tokenizer.encodePair;
  return (work) => scorePairs(work as never, { runtime, session, entry, ask, askInstructed: async () => ask });
}

async function openRuntime(name: BrowserRuntime, wasmPaths: string | undefined) {
  const ort = await (name === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm')).catch((cause: unknown) => {
    throw new FinetoothError(
      'E_PACKAGE',
      `the package onnxruntime-web did not load (${messageOf(cause)}): npm install onnxruntime-web@1.30.0`,
      { cause },
    );
  });
  // Threads need a page that is isolated from all others; one is what every page has, and what gives the same numbers everywhere.
  ort.env.wasm.numThreads = 1;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const options = {
    executionProviders: name === 'webgpu' ? ['webgpu', 'wasm'] : ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  } as const;
  return {
    runtime: { name: 'wasm', Tensor: ort.Tensor } as unknown as Runtime,
    createSession: async (model: Uint8Array) =>
      (await ort.InferenceSession.create(model, options)) as unknown as Awaited<ReturnType<Runtime['createSession']>>,
  };
}

const told = (error: unknown): { readonly code: 'E_MODEL_FAILED' | FinetoothError['code']; readonly message: string } => ({
  code: error instanceof FinetoothError ? error.code : 'E_MODEL_FAILED',
  message: messageOf(error),
});
