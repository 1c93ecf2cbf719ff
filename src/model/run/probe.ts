import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { Precision } from '../catalog/model-entry.ts';
import { probeGraph } from './probe-graph.ts';
import { type InferenceSession, openRuntime, type RuntimeName, type Tensor } from './runtime.ts';

/** What the worker that measures is started with. */
export interface ProbeStart {
  readonly runtime: RuntimeName;
  /** The first are measured first. */
  readonly precisions: readonly Precision[];
}

/** Tokens of a run, and numbers of each: a short passage in a small encoder. Larger ones take longer to make and say the same. */
const TOKENS = 64;
const WIDTH = 384;
/** Milliseconds after which nothing more is begun, the runtime's loading included; rounds at most. */
const BUDGET = 500;
const ROUNDS = 8;

/** Milliseconds of a run in each form, the best of several that take turns; forms that the runtime cannot run, or for which no time is left, are not there. */
async function measure({ runtime: name, precisions }: ProbeStart): Promise<Partial<Record<Precision, number>>> {
  const until = performance.now() + BUDGET;
  const isTime = (): boolean => performance.now() < until;
  const runtime = await openRuntime(name);
  const data = Float32Array.from({ length: TOKENS * WIDTH }, (_, i) => ((i % 17) - 8) / 8);
  const x: Tensor = new runtime.Tensor('float32', data, [TOKENS, WIDTH]);
  const sessions = new Map<Precision, InferenceSession>();
  const best: Partial<Record<Precision, number>> = {};
  const run = async (precision: Precision, session: InferenceSession): Promise<void> => {
    const started = performance.now();
    const outputs = await session.run({ x });
    const taken = performance.now() - started;
    for (const output of Object.values(outputs)) output.dispose();
    best[precision] = Math.min(best[precision] ?? Number.POSITIVE_INFINITY, taken);
  };
  for (const precision of precisions) {
    if (sessions.size > 0 && !isTime()) break;
    try {
      const session = await runtime.createSession(probeGraph(precision, TOKENS, WIDTH), 1);
      sessions.set(precision, session);
      // The first run of a session takes longer than any later one.
      for (let i = 0; i < 2; i++) await run(precision, session);
    } catch {
      // It is left out.
    }
  }
  for (let round = 0; round < ROUNDS && isTime(); round++)
    for (const [precision, session] of sessions) if (best[precision] !== undefined) await run(precision, session);
  await Promise.all([...sessions.values()].map((session) => session.release()));
  return best;
}

if (parentPort !== null) {
  const port = parentPort;
  measure(workerData as ProbeStart).then(
    (milliseconds) => port.postMessage({ milliseconds }),
    (error: unknown) => port.postMessage({ failure: messageOf(error) }),
  );
}
