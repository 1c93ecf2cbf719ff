/** What one client of somebody else's tries of the server. */
export interface Context {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly key: string;
  /** One call, as the table names it. */
  tried(call: string, run: () => Promise<void>): void;
  skipped(call: string, reason: string): void;
  equal(got: unknown, expected: unknown): void;
  /** Pairs of index and score: so many, the right one first, falling, 0 to 1. */
  best(pairs: readonly (readonly [number, number])[], count: number): void;
  /** The call must fail, and what `read` finds in its error must be this. */
  fails(run: () => Promise<unknown>, read: (error: never) => unknown, expected: unknown): Promise<void>;
}

export interface Client {
  /** Package on npm. */
  readonly name: string;
  /** Packages that it is tried together with. */
  readonly others?: readonly string[];
  readonly calls: (context: Context) => void;
}
