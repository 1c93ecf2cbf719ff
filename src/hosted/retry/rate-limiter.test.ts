import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRateLimiter } from './rate-limiter.ts';

const never = new AbortController().signal;

it('lets in so many at the same time, in their order', async () => {
  const limiter = createRateLimiter({ concurrency: 2 });
  const order: number[] = [];
  let [inside, most] = [0, 0];
  await Promise.all(
    [0, 1, 2, 3, 4].map((number) =>
      limiter.pass(async () => {
        order.push(number);
        most = Math.max(most, ++inside);
        await sleep(5);
        inside--;
      }, never),
    ),
  );
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

it('lets whoever stops waiting out of the line, and goes on without them', async () => {
  const limiter = createRateLimiter({ concurrency: 1 });
  const stopper = new AbortController();
  const first = limiter.pass(() => sleep(30, 'first'), never);
  const second = limiter.pass(async () => 'second', stopper.signal);
  const third = limiter.pass(async () => 'third', never);
  stopper.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  expect(await Promise.all([first, third])).toEqual(['first', 'third']);
  await expect(limiter.pass(async () => {}, stopper.signal)).rejects.toThrow('gone');
});

it('begins so many per minute, and none while it is paused', async () => {
  let now = 0;
  const limiter = createRateLimiter({ requestsPerMinute: 2, clock: () => now });
  await limiter.pass(async () => {}, never);
  now = 10_000;
  await limiter.pass(async () => {}, never);
  expect(limiter.wait()).toBe(50_000);
  now = 60_001;
  expect(limiter.wait()).toBe(0);
  limiter.pause(30);
  expect(limiter.wait()).toBe(30);
  const waiting = limiter.pass(async () => 'in', never);
  now = 60_031;
  expect(await waiting).toBe('in');
});

it('gives the place back of a work that fails', async () => {
  const limiter = createRateLimiter({ concurrency: 1 });
  await expect(
    limiter.pass(async () => {
      throw new Error('broken');
    }, never),
  ).rejects.toThrow('broken');
  expect(await limiter.pass(async () => 'next', never)).toBe('next');
});
