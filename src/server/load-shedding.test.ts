import { expect, it } from 'vitest';
import { createLoadShedder } from './load-shedding.ts';
import { RequestError } from './problem.ts';

const held = (): { readonly promise: Promise<void>; readonly release: () => void } => {
  let release = (): void => {};
  const promise = new Promise<void>((resolve) => {
    release = () => resolve();
  });
  return { promise, release };
};

it('lets in as many as it may and tells the others when to come again', async () => {
  let now = 0;
  const shedder = createLoadShedder({ mostRequests: 2 }, () => now);
  const first = held();
  const inside = [shedder.admit(30_000, () => first.promise), shedder.admit(30_000, () => first.promise)];
  await expect(shedder.admit(1, async () => {})).rejects.toMatchObject({ problem: { kind: 'busy', retryAfter: 1 } });
  expect(shedder.inside.requests).toBe(2);
  now = 3000;
  first.release();
  await Promise.all(inside);
  // 60,000 characters left in 3 s, so another 60,000 take about as long.
  const second = held();
  const others = [shedder.admit(60_000, () => second.promise), shedder.admit(60_000, () => second.promise)];
  const refusal = (await shedder.admit(1, async () => {}).catch((error: unknown) => error)) as RequestError;
  expect(refusal).toBeInstanceOf(RequestError);
  expect(refusal.problem.retryAfter).toBeGreaterThan(2);
  expect(refusal.problem.retryAfter).toBeLessThan(20);
  second.release();
  await Promise.all(others);
  expect(shedder.inside).toMatchObject({ requests: 0, characters: 0 });
});

it('counts characters too, but refuses no single request for them', async () => {
  const shedder = createLoadShedder({ mostCharacters: 100 });
  const first = held();
  const inside = shedder.admit(1000, () => first.promise);
  await expect(shedder.admit(1, async () => {})).rejects.toThrow('the queue is full (100 characters); ask again later');
  first.release();
  await inside;
  await shedder.admit(60, async () => {});
});

it('frees the place of work that fails, and says when it is empty', async () => {
  const shedder = createLoadShedder({ mostRequests: 1 });
  await expect(shedder.admit(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const first = held();
  const inside = shedder.admit(1, () => first.promise);
  let isEmpty = false;
  const empty = shedder.empty().then(() => {
    isEmpty = true;
  });
  await Promise.resolve();
  expect(isEmpty).toBe(false);
  first.release();
  await inside;
  await empty;
  expect(isEmpty).toBe(true);
});
