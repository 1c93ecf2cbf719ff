import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FinetoothError, messageOf } from '../../errors.ts';
import { createJobQueue } from './job-queue.ts';
import { createPoolGrowth } from './pool-growth.ts';
import type { Device } from './runtime.ts';
import { currentStopwatch, type Stopwatch } from './stopwatch.ts';
import type { WorkerStart } from './worker.ts';
import { createWorkerLimit } from './worker-limit.ts';

/** `tokenised`: milliseconds of the answer that went into tokens. */
type Answer<Result> =
  | { readonly ready: true; readonly passedOver?: string | undefined }
  | { readonly failure: string }
  | { readonly result: Result; readonly tokenised: number };
interface Job<Request, Result> {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly watch: Stopwatch | undefined;
  /** When it was asked for, then when a worker took it: milliseconds. */
  since: number;
}

/** Workers that each hold the model; a request goes to the first one that is free. */
export interface Pool<Request, Result> {
  /** Workers at most: one from the start, more where requests wait for them. */
  readonly size: number;
  /** Resolves when a worker has the model loaded. */
  readonly ready: Promise<void>;
  /**
   * A request that has not begun when the signal is raised is dropped at once; one that has, finishes. `work`: how much the whole call is
   * that the request belongs to, in the unit of `workIn`; small calls go first. @default as much as the request
   */
  run(request: Request, signal?: AbortSignal, work?: number): Promise<Result>;
  close(): Promise<void>;
}

/** Once for all workers: nothing else is done than was asked, but slower. */
export function warnOfDevice(device: Device, why: string): void {
  if (warned.has(device)) return;
  warned.add(device);
  process.emitWarning(
    `"${device}" cannot be used here (${why}); the processor takes over. "finetooth doctor" says which devices there are.`,
    {
      code: 'FINETOOTH_DEVICE',
    },
  );
}

const warned = new Set<Device>();

const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** What a bundler does that takes this file and leaves the worker's behind. */
const bundled = `its worker is not at ${fileURLToPath(workerFile)}: this program was bundled. Leave the package "finetooth" out of the bundle, as an external one (docs/install.md, bundlers)`;

function isWorkerMissing(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') && String(message).includes(fileURLToPath(workerFile));
}

/** Workers keep the process alive only while they have work. `workIn`: how much a request is, in any unit. */
export function createPool<Request, Result>(size: number, start: WorkerStart, workIn: (request: Request) => number): Pool<Request, Result> {
  const limit = createWorkerLimit(size);
  const queue = createJobQueue<Job<Request, Result>>();
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job<Request, Result>>();
  const workers = new Set<Worker>();
  const growth = createPoolGrowth((requests) => {
    for (let i = Math.min(requests, size - workers.size); i > 0; i--) startFurther();
  });
  let closed: FinetoothError | undefined;
  let emptied = (): void => {};
  const gone = new Promise<void>((resolve) => (emptied = resolve));

  // A worker inside the native runtime must not be terminated: the runtime would take the whole process with it.
  // So only those that wait are ended at once; the others end when the model is loaded or after the texts they are at,
  // a second at most.
  const fail = (error: FinetoothError): void => {
    closed ??= error;
    growth.stop();
    for (const job of [...busy.values(), ...queue.drain()]) job.reject(error);
    for (const worker of idle.splice(0)) void worker.terminate();
  };
  const dispatch = (): void => {
    while (queue.length > 0 && idle.length > 0 && busy.size < limit.now()) {
      const job = queue.next() as Job<Request, Result>;
      const worker = idle.shift() as Worker;
      const now = performance.now();
      if (job.watch !== undefined) job.watch.queued += now - job.since;
      job.since = now;
      busy.set(worker, job);
      worker.ref();
      worker.postMessage(job.request);
    }
    growth.waiting(queue.length);
  };
  const done = ({ watch, since, resolve }: Job<Request, Result>, { result, tokenised }: { result: Result; tokenised: number }): void => {
    if (watch !== undefined) {
      watch.runs++;
      watch.tokenised += tokenised;
      watch.inferred += performance.now() - since - tokenised;
    }
    resolve(result);
  };
  const settle = (worker: Worker, act: (job: Job<Request, Result>) => void): void => {
    const job = busy.get(worker);
    busy.delete(worker);
    if (job !== undefined) {
      // How fast all of them are is not told by some.
      if (busy.size + idle.length + 1 === size) limit.answered(workIn(job.request), queue.length);
      act(job);
    }
    if (closed !== undefined) return void worker.terminate();
    worker.unref();
    idle.push(worker);
    dispatch();
  };
  const startWorker = (mayFail: boolean): Promise<void> => {
    const worker = new Worker(workerFile, { workerData: start, execArgv: [] });
    workers.add(worker);
    let isReady = false;
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void => {
        const error = new FinetoothError('E_MODEL_FAILED', `cannot run the model ${start.entry.name} (${start.modelPath}): ${reason}`);
        if (!mayFail || isReady) fail(error);
        reject(error);
      };
      worker.on('message', (answer: Answer<Result>) => {
        if ('ready' in answer) {
          if (answer.passedOver !== undefined) warnOfDevice(start.device, answer.passedOver);
          isReady = true;
          if (closed === undefined) resolve();
          else reject(closed);
          settle(worker, () => {});
        } else if ('result' in answer) settle(worker, (job) => done(job, answer));
        else if (busy.has(worker))
          settle(worker, (job) =>
            job.reject(new FinetoothError('E_MODEL_FAILED', `the model ${start.entry.name} failed: ${answer.failure}`)),
          );
        else {
          refuse(answer.failure);
          void worker.terminate();
        }
      });
      worker.on('error', (error) => refuse(isWorkerMissing(error) ? bundled : messageOf(error)));
      worker.on('exit', (code) => {
        workers.delete(worker);
        busy.delete(worker);
        if (workers.size === 0) emptied();
        if (closed === undefined) refuse(`a worker ended with code ${code}, perhaps for want of memory`);
      });
    });
  };
  const startFurther = (): void => {
    startWorker(true).catch((error: unknown) => {
      growth.stop();
      if (closed === undefined)
        process.emitWarning(`no further worker could be started, those that there are go on: ${messageOf(error)}`, {
          code: 'FINETOOTH_WORKERS',
        });
    });
  };
  const begun = performance.now();
  const ready = startWorker(false).then(() => growth.loaded(performance.now() - begun));
  ready.catch(() => {});
  return {
    size,
    ready,
    run: (request, signal, work = workIn(request)) =>
      new Promise<Result>((resolve, reject) => {
        if (closed !== undefined) return reject(closed);
        if (signal?.aborted) return reject(signal.reason);
        const drop = (): void => {
          if (!queue.remove(job)) return;
          growth.waiting(queue.length);
          reject(signal?.reason);
        };
        const settled = (): void => signal?.removeEventListener('abort', drop);
        const job: Job<Request, Result> = {
          request,
          watch: currentStopwatch(),
          since: performance.now(),
          resolve: (result) => {
            settled();
            resolve(result);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        };
        signal?.addEventListener('abort', drop, { once: true });
        queue.push(job, work);
        dispatch();
      }),
    close: async () => {
      fail(new FinetoothError('E_STOPPED', `the model ${start.entry.name} was closed while it was asked for more`));
      if (workers.size > 0) await gone;
    },
  };
}
