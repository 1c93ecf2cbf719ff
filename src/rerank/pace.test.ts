import { describe, expect, it } from 'vitest';
import { createPace, workIn } from './pace.ts';

describe('workIn', () => {
  it('grows with the text until the model would cut it', () => {
    expect(workIn({ text: '' })).toBeGreaterThan(0);
    expect(workIn({ text: 'a'.repeat(500) })).toBe(workIn({ text: '' }) + 500);
    expect(workIn({ text: 'a'.repeat(1e6) })).toBe(workIn({ text: 'a'.repeat(1e5) }));
  });
});

describe('createPace', () => {
  it('begins with the smallest slice, since nothing is known', () => {
    expect(createPace(2).next([100, 100, 100], 500)).toBe(2);
    expect(createPace(2).next([100], 500)).toBe(1);
    expect(createPace(2).next([100, 100], 0)).toBe(0);
  });

  it('takes what fits into a slice and into the time left', () => {
    const pace = createPace(1);
    pace.learn(100, 4);
    const works = Array.from({ length: 20 }, () => 100);
    // 4 ms a text: 5 in a slice of 20 ms.
    expect(pace.next(works, 500)).toBe(5);
    expect(pace.next(works, 9)).toBe(2);
    expect(pace.next(works, 3)).toBe(0);
  });

  it('still takes a text that is longer than a slice, while the time is left', () => {
    const pace = createPace(1);
    pace.learn(100, 50);
    expect(pace.next([100, 100], 200)).toBe(1);
    expect(pace.next([100, 100], 49)).toBe(0);
  });

  it('follows a machine that becomes slower', () => {
    const pace = createPace(1);
    pace.learn(100, 1);
    for (let i = 0; i < 20; i++) pace.learn(100, 10);
    expect(
      pace.next(
        Array.from({ length: 50 }, () => 100),
        1000,
      ),
    ).toBe(2);
  });
});
