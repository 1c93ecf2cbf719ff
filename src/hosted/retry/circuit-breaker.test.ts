import { expect, it } from 'vitest';
import { createCircuitBreaker } from './circuit-breaker.ts';

it('rests after three failures in a row, then lets one request try, which decides', () => {
  let now = 0;
  const breaker = createCircuitBreaker({ restMs: 1000, clock: () => now });
  const outcomes = [breaker.failed, breaker.failed, breaker.succeeded, breaker.failed, breaker.failed];
  for (const outcome of outcomes) {
    breaker.begin();
    outcome();
    expect(breaker.closedIn()).toBe(0);
  }
  breaker.begin();
  breaker.failed();
  expect(breaker.closedIn()).toBe(1000);
  now = 999;
  expect(breaker.closedIn()).toBe(1);
  now = 1000;
  expect(breaker.closedIn()).toBe(0);
  // Half open: the first goes, who comes beside it waits.
  breaker.begin();
  expect(breaker.closedIn()).toBe(1000);
  breaker.failed();
  now = 1500;
  expect(breaker.closedIn()).toBe(500);
  now = 2000;
  breaker.begin();
  breaker.succeeded();
  expect(breaker.closedIn()).toBe(0);
});
