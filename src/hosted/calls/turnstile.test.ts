import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

const never = new AbortController().signal;

it('lets in so many at the same time, in their order', async () => {
  const turnstile = createTurnstile({ together: 2 });
  const order: number[] = [];
  let [inside, most] = [0, 0];
  await Promise.all(
    [0, 1, 2, 3, 4].map((number) =>
      turnstile.pass(async () => {
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

it('lets somebody who stops waiting out of the line, and goes on without them', async () => {
  const turnstile = createTurnstile({ together: 1 });
  const stopper = new AbortController();
  const first = turnstile.pass(() => sleep(30, 'first'), never);
  const second = turnstile.pass(async () => 'second', stopper.signal);
  const third = turnstile.pass(async () => 'third', never);
  stopper.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  expect(await Promise.all([first, third])).toEqual(['first', 'third']);
  await expect(turnstile.pass(async () => {}, stopper.signal)).rejects.toThrow('gone');
});

it('begins so many a minute, and nobody while it is paused', async () => {
  let now = 0;
  const turnstile = createTurnstile({ perMinute: 2, clock: () => now });
  await turnstile.pass(async () => {}, never);
  now = 10_000;
  await turnstile.pass(async () => {}, never);
  expect(turnstile.wait()).toBe(50_000);
  now = 60_001;
  expect(turnstile.wait()).toBe(0);
  turnstile.pause(30);
  expect(turnstile.wait()).toBe(30);
  const waiting = turnstile.pass(async () => 'in', never);
  now = 60_031;
  expect(await waiting).toBe('in');
});

it('gives the place back of a work that fails', async () => {
  const turnstile = createTurnstile({ together: 1 });
  await expect(
    turnstile.pass(async () => {
      throw new Error('broken');
    }, never),
  ).rejects.toThrow('broken');
  expect(await turnstile.pass(async () => 'next', never)).toBe('next');
});
