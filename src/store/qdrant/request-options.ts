/** For how long, and why, a node did not answer or a cluster refused. */
export interface Degraded {
  /** A node, or `cluster`: it answered, and could not do what it was asked. */
  readonly what: string;
  readonly milliseconds: number;
  /** Whether it is over; else the store was closed before. */
  readonly isOver: boolean;
  /** Requests that were asked again. */
  readonly retries: number;
  readonly reason: string;
}

export interface RequestOptions {
  /** How often a request is asked again, in milliseconds from its first failure. A node takes some seconds to start, one with much to read a minute. @default 180,000 */
  readonly retryMs?: number;
  /** Told once that is over which lasted a second or more. @default a warning of the process */
  readonly onDegraded?: (degraded: Degraded) => void;
  /** Milliseconds after which a request is given up and asked again. @default 60,000 */
  readonly timeoutMs?: number;
}

/**
 * Who makes an index again holds an alias of its collection, `films--lease-OWNER-NUMBER`, and gives it another number while it lives. One that keeps
 * its number is a dead one's: no clock is compared with another. Aliases are changed by consensus, several in one step.
 */
export interface LeaseTimes {
  /** How often a lease gets another number. */
  readonly renewMs: number;
  /** How long it may keep one. */
  readonly deadMs: number;
  /** How long writers wait for it. */
  readonly waitMs: number;
  /** How long a change takes to be seen by every node. */
  readonly settleMs: number;
}
