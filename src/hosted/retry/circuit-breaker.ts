/** Says whether a vendor may be asked, from how its last requests went. */
export interface CircuitBreaker {
  /** Milliseconds until it may be tried again; 0: now. */
  closedIn(): number;
  /** Before a request: after a rest only one may go through, until it is known how that went. */
  begin(): void;
  succeeded(): void;
  failed(): void;
}

export interface CircuitBreakerOptions {
  /** Failures one after the other that stop requests, 1 and up. @default 3 */
  readonly failures?: number;
  /** Milliseconds of rest before one request tries. @default 30,000 */
  readonly restMs?: number;
  readonly clock?: () => number;
}

/** Open after some failures in a row; half open after a rest: one request goes, and decides. */
export function createCircuitBreaker({
  failures = 3,
  restMs = 30_000,
  clock = () => performance.now(),
}: CircuitBreakerOptions = {}): CircuitBreaker {
  let inARow = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;
  return {
    closedIn: () => (inARow < failures ? 0 : Math.max(0, restsUntil - clock())),
    begin: () => {
      // Whoever comes while the one request is under way finds it resting again.
      if (inARow >= failures) restsUntil = clock() + restMs;
    },
    succeeded: () => {
      inARow = 0;
    },
    failed: () => {
      inARow++;
      if (inARow >= failures) restsUntil = clock() + restMs;
    },
  };
}
