import { RequestError } from './problem.ts';

export interface LoadSheddingOptions {
  /** Requests that are worked on or wait for a model at the same time, 1 and up. @default 64 */
  readonly mostRequests?: number;
  /** Characters of all of them together, 1 and up. @default 32,000,000 */
  readonly mostCharacters?: number;
}

/** Who comes in. Who does not is told at once, and when to come again: a full queue must not become a slow death. */
export interface LoadShedder {
  /** Throws that RequestError where no one more comes in, before anyone has read what a request holds. */
  check(): void;
  /** Runs `work` if there is room for it. Throws a RequestError with `retryAfter` if there is none. */
  admit<Result>(characters: number, work: () => Promise<Result>): Promise<Result>;
  readonly inside: { readonly requests: number; readonly characters: number };
  readonly most: { readonly requests: number; readonly characters: number };
  /** Resolves when no one is inside any more. */
  empty(): Promise<void>;
}

/** Share of a new measurement in the moving average of the pace. */
const NEWEST = 0.2;
const LONGEST_WAIT = 60;

export function createLoadShedder(options: LoadSheddingOptions = {}, clock: () => number = () => performance.now()): LoadShedder {
  const { mostRequests = 64, mostCharacters = 32_000_000 } = options;
  let [requests, characters] = [0, 0];
  /** Characters that left in a millisecond while there was work, as a moving average. */
  let pace: number | undefined;
  let lastLeft: number | undefined;
  const waiting: (() => void)[] = [];

  const left = (amount: number, entered: number): void => {
    const now = clock();
    const span = now - Math.max(entered, lastLeft ?? entered);
    lastLeft = now;
    if (span > 0) pace = pace === undefined ? amount / span : (1 - NEWEST) * pace + (NEWEST * amount) / span;
    if (requests === 0) for (const tell of waiting.splice(0)) tell();
  };
  const secondsUntilRoom = (): number => Math.max(1, Math.min(LONGEST_WAIT, Math.ceil(characters / (pace ?? characters) / 1000)));

  const full = (limit: string): RequestError =>
    new RequestError('busy', `the queue is full (${limit}); ask again later`, { retryAfter: secondsUntilRoom() });

  return {
    most: { requests: mostRequests, characters: mostCharacters },
    inside: {
      get requests() {
        return requests;
      },
      get characters() {
        return characters;
      },
    },
    check: () => {
      if (requests >= mostRequests) throw full(`${mostRequests} requests`);
    },
    admit: async (amount, work) => {
      if (requests >= mostRequests) throw full(`${mostRequests} requests`);
      if (characters + amount > mostCharacters && requests > 0) throw full(`${mostCharacters} characters`);
      const entered = clock();
      requests++;
      characters += amount;
      try {
        return await work();
      } finally {
        requests--;
        characters -= amount;
        left(amount, entered);
      }
    },
    empty: () => (requests === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
