import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPoolGrowth } from './pool-growth.ts';

const grown: number[] = [];
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  grown.length = 0;
});
const growth = () => createPoolGrowth((requests) => grown.push(requests));

it('adds none for a question that is answered sooner than a worker loads', () => {
  const one = growth();
  one.waiting(4);
  one.loaded(200);
  vi.advanceTimersByTime(199);
  one.waiting(0);
  vi.advanceTimersByTime(1000);
  expect(grown).toEqual([]);
});

it('adds as many as requests wait, counted from when the first could answer, and again while they wait on', () => {
  const one = growth();
  one.waiting(9);
  vi.advanceTimersByTime(5000);
  one.loaded(200);
  one.waiting(7);
  vi.advanceTimersByTime(200);
  expect(grown).toEqual([7]);
  one.waiting(3);
  vi.advanceTimersByTime(200);
  expect(grown).toEqual([7, 3]);
});

it('begins again where none waited in between, and adds none once it is stopped', () => {
  const one = growth();
  one.loaded(200);
  for (let i = 0; i < 5; i++) {
    one.waiting(2);
    vi.advanceTimersByTime(150);
    one.waiting(0);
  }
  one.waiting(2);
  one.stop();
  vi.advanceTimersByTime(1000);
  expect(grown).toEqual([]);
});
