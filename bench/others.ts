import { cpus } from 'node:os';

const idleMilliseconds = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);

/**
 * Starts to watch; the function that comes back gives the mean number of processors that other processes (or the host of a
 * virtual machine) kept busy since. A run with two threads in step waits for the slower one, so it suffers more from others than
 * two workers apart do: a comparison of the two holds only while this is near 0.
 */
export const watchOthers = (): (() => number) => {
  const idle = idleMilliseconds();
  const own = process.cpuUsage();
  const started = performance.now();
  return () => {
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(own);
    const taken = wall * cpus().length - (idleMilliseconds() - idle) - (user + system) / 1000;
    return Math.max(0, taken / wall);
  };
};
