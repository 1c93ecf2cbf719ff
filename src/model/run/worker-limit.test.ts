import { describe, expect, it } from 'vitest';
import { createWorkerLimit } from './worker-limit.ts';

/** A machine whose requests take so long with so many workers at a time; gives back the limits that were in force. */
const run = (size: number, millisecondsWith: (workers: number) => number, requests = 200, waiting = 1000): number[] => {
  let time = 0;
  const limit = createWorkerLimit(size, () => time);
  return Array.from({ length: requests }, () => {
    const workers = limit.now();
    time += millisecondsWith(workers) / workers;
    limit.answered(1, waiting);
    return workers;
  });
};

describe('createWorkerLimit', () => {
  it('keeps all workers where they are faster, after it has tried half', () => {
    const used = run(8, () => 10);
    expect([used[0], Math.min(...used), used.at(-1)]).toEqual([8, 4, 8]);
    expect(used.filter((workers) => workers === 4)).toHaveLength(33);
  });

  it('keeps half where eight get into each other’s way', () => {
    expect(run(8, (workers) => (workers === 8 ? 25 : 10)).at(-1)).toBe(4);
  });

  it('does not leave processors idle for a small difference', () => {
    expect(run(8, (workers) => (workers === 8 ? 21 : 10)).at(-1)).toBe(8);
  });

  it('measures nothing with few workers, nor where nobody waits', () => {
    expect(new Set(run(3, (workers) => workers * 100))).toEqual(new Set([3]));
    expect(new Set(run(8, (workers) => workers * 100, 200, 3))).toEqual(new Set([8]));
  });
});
