import { parentPort, workerData } from 'node:worker_threads';
import { type EncodeRequest, encodeTexts } from './encode.ts';
import type { ModelEntry } from './model-entry.ts';
import { openRuntime, type RuntimeName } from './runtime.ts';
import { loadTokenizer } from './tokenizer.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeName;
  readonly entry: ModelEntry;
  readonly modelPath: string;
  readonly tokenizerPath: string;
  /** Threads inside one run. */
  readonly threads: number;
}

const open = async ({ runtime: name, entry, modelPath, tokenizerPath, threads }: WorkerStart) => {
  const [runtime, tokenizer] = await Promise.all([openRuntime(name), loadTokenizer(tokenizerPath)]);
  return { runtime, tokenizer, entry, session: await runtime.createSession(modelPath, threads) };
};

if (parentPort !== null) {
  const port = parentPort;
  const opened = open(workerData as WorkerStart);
  opened.then(
    () => port.postMessage({ ready: true }),
    (error: unknown) => port.postMessage({ failure: error instanceof Error ? error.message : String(error) }),
  );
  port.on('message', async (request: EncodeRequest) => {
    try {
      const result = await encodeTexts(request, await opened);
      port.postMessage(
        { result },
        [result.vectors, result.tokens, result.cut, result.tokenVectors, result.tokenOffsets].map((array) => array.buffer as ArrayBuffer),
      );
    } catch (error) {
      port.postMessage({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
}
