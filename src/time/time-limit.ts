import { throwIfStopped } from '../errors.ts';

/** Milliseconds beyond a deadline for whoever keeps it, to hand over what there is. */
export const OWN_STOP_MS = 5;

/** Whether `work` was done within so many milliseconds; it goes on when it was not. Throws what the work throws within them. */
export async function doneWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  if (milliseconds === Number.POSITIVE_INFINITY) {
    await work;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, milliseconds));
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
    // What fails after its time is nobody's.
    work.catch(() => {});
  }
}

/** What the work gives, or E_STOPPED as soon as the signal is raised; the work goes on for others. */
export async function unlessStopped<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  throwIfStopped(signal);
  if (signal === undefined) return work;
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = () => resolve();
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    const first = await Promise.race([work.then((result) => ({ result })), stopped]);
    if (first === undefined) throwIfStopped(signal);
    return (first as { readonly result: Result }).result;
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => {});
  }
}
