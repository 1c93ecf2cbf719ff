import { setTimeout as sleep } from 'node:timers/promises';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf, throwIfStopped } from './errors.ts';

/** A lock whose owner was killed is taken over after this many milliseconds; a living owner renews it every second. */
const STALE_MS = 5_000;
const POLL_MS = 150;

/**
 * Node ignores SIGXFSZ, so that a write beyond `ulimit -f` fails with EFBIG. proper-lockfile's signal-exit listens to it and ends the
 * process unless somebody else listens too.
 */
const keepAlive = (): void => undefined;
const surviveFileSizeLimit = (): void => {
  if (process.platform !== 'win32' && !process.listeners('SIGXFSZ').includes(keepAlive)) process.on('SIGXFSZ', keepAlive);
};

const lockFailure = (path: string, cause: unknown): unknown => {
  const error = diskErrorOf(cause, path);
  if (error instanceof FinetoothError) return error;
  return new FinetoothError(
    'E_LOCKED',
    `${path}.lock cannot be made (${messageOf(cause)}). Its folder must be one that you may write to.`,
    { cause },
  );
};

/**
 * Runs `work` while no other process (or caller in this one) holds the lock `<path>.lock`; waits while another does, for
 * `patienceMs` at most.
 * The signal given to `work` is also raised when the lock is lost: the machine slept, or somebody deleted it.
 */
export const withLock = async <Result>(
  path: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<Result> => {
  const started = performance.now();
  const { lock } = (await import('proper-lockfile')).default;
  surviveFileSizeLimit();
  const lost = new AbortController();
  const onCompromised = (cause: Error): void =>
    lost.abort(
      new FinetoothError('E_LOCKED', `the lock ${path}.lock was lost (${messageOf(cause)}). Run the same command again.`, { cause }),
    );
  let release: () => Promise<void>;
  for (;;) {
    throwIfStopped(signal);
    try {
      release = await lock(path, { realpath: false, stale: STALE_MS, update: 1_000, retries: 0, onCompromised });
      break;
    } catch (error) {
      if (systemCodeOf(error) !== 'ELOCKED') throw lockFailure(path, error);
      if (performance.now() - started > patienceMs) {
        throw new FinetoothError(
          'E_LOCKED',
          `another process has held ${path}.lock for ${Math.round(patienceMs / 1000)} s. Run the same command again when it is done.`,
        );
      }
      await sleep(POLL_MS);
    }
  }
  try {
    return await work(signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]));
  } finally {
    await release().catch(() => undefined);
  }
};
