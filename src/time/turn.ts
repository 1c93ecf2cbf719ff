import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work after which others get their turn. */
const TURN_MS = 8;

/** Waits for the next turn of the event loop when this one has taken long enough, so that a server goes on answering. */
export type Turn = () => Promise<void> | undefined;

export function createTurns(): Turn {
  let began = performance.now();
  return () => {
    if (performance.now() - began < TURN_MS) return undefined;
    return nextTurn().then(() => {
      began = performance.now();
    });
  };
}
