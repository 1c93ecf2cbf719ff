import { duration } from '../wording/numbers.ts';
import { harmless } from '../wording/terminal-text.ts';

/** Time as it goes by; tests pass their own. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls again and again, each time so many milliseconds later, and does not keep the process alive for it. */
  every(milliseconds: number, act: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every: (milliseconds, act) => {
    setInterval(act, milliseconds).unref();
  },
};

const MINUTE = 60_000;

/**
 * Progress where no one watches a line that replaces itself: once a minute how far the work is and how long it has taken, so that a log shows
 * whether it goes on. Work that is done within a minute says nothing.
 */
export function minuteLines(write: (line: string) => void, clock: Clock): (line: string) => void {
  let latest = '';
  let began: number | undefined;
  return (line) => {
    latest = line;
    if (began !== undefined || line === '') return;
    const from = clock.now();
    began = from;
    clock.every(MINUTE, () => {
      if (latest !== '') write(`${harmless(latest)} (${duration(clock.now() - from)} so far)`);
    });
  };
}
