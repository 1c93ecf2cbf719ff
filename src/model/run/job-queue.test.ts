import { expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { createJobQueue } from './job-queue.ts';

const taken = (queue: { next(): string | undefined }): string[] => {
  const all: string[] = [];
  for (let job = queue.next(); job !== undefined; job = queue.next()) all.push(job);
  return all;
};

it('takes short calls first and keeps the order inside a call', () => {
  const queue = createJobQueue<string>(1000, () => 0);
  queue.push('long 1', 500);
  queue.push('long 2', 500);
  queue.push('short 1', 10);
  queue.push('short 2', 10);
  expect(taken(queue)).toEqual(['short 1', 'short 2', 'long 1', 'long 2']);
});

it('lets no one wait for ever while others come', () => {
  let now = 0;
  const queue = createJobQueue<string>(1000, () => now);
  queue.push('long', 500);
  for (let i = 0; i < 20; i++) {
    now += 100;
    queue.push(`short ${i}`, 1);
    const job = queue.next();
    if (now < 1000) expect(job).toMatch(/^short/);
    else return expect(job).toBe('long');
  }
});

it('lets short calls pass a long one however long that has been waiting, and gives it every second turn', () => {
  let now = 0;
  const queue = createJobQueue<string>(1000, () => now);
  for (let i = 0; i < 60; i++) queue.push(`long ${i}`, 500);
  now = 30_000;
  for (let i = 0; i < 3; i++) queue.push(`short ${i}`, 1);
  expect(taken(queue).slice(0, 7)).toEqual(['long 0', 'short 0', 'long 1', 'short 1', 'long 2', 'short 2', 'long 3']);
});

it('serves calls of nearly the same size in the order of their arrival, so that on a full server none waits much longer than the others', () => {
  let now = 0;
  const random = randomFrom(7);
  const queue = createJobQueue<number>(1000, () => now);
  const waits: number[] = [];
  const ask = (): void => queue.push(now, 700 + random.below(300));
  // Sixty clients that ask again as soon as they are answered, of which each takes a tenth of a second.
  for (let client = 0; client < 60; client++) ask();
  for (let turn = 0; turn < 1200; turn++) {
    now += 100;
    waits.push(now - (queue.next() as number));
    ask();
  }
  expect(Math.max(...waits.slice(120))).toBe(6000);
});

it('takes out of the line what nobody wants any more', () => {
  const queue = createJobQueue<string>();
  queue.push('a', 1);
  queue.push('b', 1);
  expect([queue.remove('a'), queue.remove('a'), queue.length]).toEqual([true, false, 1]);
  expect(queue.drain()).toEqual(['b']);
  expect(queue.next()).toBeUndefined();
});
