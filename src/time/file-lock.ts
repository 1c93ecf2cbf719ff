import { rmdirSync, statSync } from 'node:fs';
import { mkdir, rename, rmdir, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf, throwIfStopped } from '../errors.ts';

/** A lock whose owner was killed is taken over after so many milliseconds of watching it; a living owner renews it every second. */
const STALE_MS = 5_000;
const RENEW_MS = 1_000;
const POLL_MS = 150;

/** Locks of this process and their marks, removed when it ends. */
const held = new Map<string, string>();

/**
 * Runs `work` while no other process (or caller in this one) holds the lock `<path>.lock`, a folder; waits while another does, for
 * `longestWaitMs` at most.
 * The signal given to `work` is also raised when the lock is lost: the machine slept, or somebody deleted it. `takenOver` says that its last owner did
 * not give it back: it was killed, or is suspended and may go on.
 */
export async function withLock<Result>(
  path: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, takenOver: boolean) => Promise<Result>,
  longestWaitMs = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const started = performance.now();
  const lock = `${path}.lock`;
  const removeAbandoned = watcher(lock);
  const lost = new AbortController();
  let takenOver = false;
  for (;;) {
    throwIfStopped(signal);
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw lockFailure(path, error);
      if (performance.now() - started > longestWaitMs) {
        throw new FinetoothError(
          'E_LOCKED',
          `another process has held ${path}.lock for ${Math.round(longestWaitMs / 1000)} s. Run the same command again when it is done.`,
        );
      }
      // Whoever else removes it, or makes it again, at this moment is as good.
      takenOver = (await removeAbandoned().catch(() => undefined)) ?? takenOver;
      await sleep(POLL_MS);
    }
  }
  const release = await keep(lock, (cause) =>
    lost.abort(
      new FinetoothError('E_LOCKED', `the lock ${path}.lock was lost (${messageOf(cause)}). Run the same command again.`, { cause }),
    ),
  );
  try {
    return await work(signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]), takenOver);
  } finally {
    await release().catch(() => undefined);
  }
}

/** Whether the lock is still this process's: who was suspended for long finds it in other hands before its signal says so. */
export async function holdsLock(path: string): Promise<boolean> {
  const mark = held.get(`${path}.lock`);
  return mark !== undefined && (await markAt(`${path}.lock`)) === mark;
}

/**
 * Removes a lock that nobody has renewed for as long as it was watched. Time is what this process has watched, not what a clock says: clocks of
 * other machines differ, and a time may lie ahead. A pause of this process counts for no more than a glance.
 */
function watcher(lock: string): () => Promise<true | undefined> {
  let [known, watched, last] = ['', 0, performance.now()];
  return async () => {
    const mark = (await markAt(lock)) ?? '';
    const now = performance.now();
    watched = mark === known ? watched + Math.min(now - last, 2 * POLL_MS) : 0;
    [known, last] = [mark, now];
    if (mark === '' || watched < STALE_MS) return undefined;
    // Renamed first: when two find it abandoned at once, the later one must not remove the lock of the first.
    const aside = `${lock}.${process.pid}-${Math.trunc(now)}`;
    await rename(lock, aside);
    if ((await markAt(aside)) !== known) {
      await rename(aside, lock);
      return undefined;
    }
    await rmdir(aside);
    return true;
  };
}

function lockFailure(path: string, cause: unknown): unknown {
  const error = diskErrorOf(cause, path);
  if (error instanceof FinetoothError) return error;
  return new FinetoothError(
    'E_LOCKED',
    `${path}.lock cannot be made (${messageOf(cause)}). Its folder must be one that you may write to.`,
    { cause },
  );
}

/** Renews the lock that was just made until it is released; `onLost` hears when it is another's. Returns the release. */
async function keep(lock: string, onLost: (cause: unknown) => void): Promise<() => Promise<void>> {
  let mark = (await markAt(lock)) ?? '';
  if (held.size === 0) process.once('exit', removeHeld);
  held.set(lock, mark);
  const isOurs = async (): Promise<boolean> => (await markAt(lock)) === mark;
  const renew = async (): Promise<void> => {
    if (!(await isOurs())) throw new Error('another process took it over, or deleted it');
    const now = new Date();
    await utimes(lock, now, now);
    mark = (await markAt(lock)) ?? '';
    held.set(lock, mark);
  };
  const stopped = new AbortController();
  const renewing = (async () => {
    while (!stopped.signal.aborted) {
      await sleep(RENEW_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
      if (stopped.signal.aborted) return;
      try {
        await renew();
      } catch (error) {
        // A file system that fails for a moment has not given the lock to anybody.
        if (await isOurs().catch(() => true)) continue;
        onLost(error);
        return;
      }
    }
  })();
  return async () => {
    stopped.abort();
    await renewing;
    held.delete(lock);
    if (held.size === 0) process.removeListener('exit', removeHeld);
    if (await isOurs()) await rmdir(lock);
  };
}

/** How a lock looks now: another mark means that its owner lives, or that it has another one. Nothing where there is none. */
async function markAt(lock: string): Promise<string | undefined> {
  try {
    return markOf(await stat(lock));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const markOf = ({ ino, mtimeMs }: { readonly ino: number; readonly mtimeMs: number }): string => `${ino} ${mtimeMs}`;

function removeHeld(): void {
  for (const [lock, mark] of held) {
    try {
      if (markOf(statSync(lock)) === mark) rmdirSync(lock);
    } catch {
      // It is gone, or in somebody else's hands.
    }
  }
}
