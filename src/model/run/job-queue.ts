/** Something that waits for a worker. */
export interface Waiting<Job> {
  readonly job: Job;
  /** How much the whole call is that it belongs to, in any unit. */
  readonly work: number;
  /** Milliseconds on the queue's clock. */
  readonly since: number;
}

export interface JobQueue<Job> {
  readonly length: number;
  push(job: Job, work: number): void;
  /** Takes the one whose turn it is. */
  next(): Job | undefined;
  /** Takes that one out of the line, wherever it stands; false when it is not in it. */
  remove(job: Job): boolean;
  /** Takes all. */
  drain(): readonly Job[];
}

/** Milliseconds that a long call lets short ones pass: a second is what a person notices. */
const OVERDUE_MS = 1000;

/**
 * How many times as much work a call must be for a later one to pass it. Among calls of nearly the same size the first is served first: on a full server
 * the slightly shorter ones would otherwise take half of all turns, and the slightly longer ones wait four times as long.
 */
const MUCH_SHORTER = 4;

/**
 * What is much shorter goes first, so that a question does not wait for somebody's upload; what belongs to one call stays in its order. What has waited for
 * `overdueMs` gets every second turn: a long call goes on, and a short one passes it however long it has been waiting.
 */
export function createJobQueue<Job>(overdueMs = OVERDUE_MS, clock: () => number = () => performance.now()): JobQueue<Job> {
  // In the order of arrival, so that the first is the one that has waited longest.
  const line: Waiting<Job>[] = [];
  let tookOldest = false;
  return {
    get length() {
      return line.length;
    },
    push: (job, work) => void line.push({ job, work, since: clock() }),
    next: () => {
      const [oldest] = line;
      if (oldest === undefined) return undefined;
      tookOldest = !tookOldest && clock() - oldest.since >= overdueMs;
      const at = tookOldest ? 0 : nextIn(line);
      return line.splice(at, 1)[0]?.job;
    },
    remove: (job) => {
      const at = line.findIndex((one) => one.job === job);
      if (at >= 0) line.splice(at, 1);
      return at >= 0;
    },
    drain: () => line.splice(0).map(({ job }) => job),
  };
}

/** The place of the earliest that no later one is much shorter than. */
function nextIn(line: readonly Waiting<unknown>[]): number {
  let at = 0;
  for (const [place, { work }] of line.entries()) {
    const first = (line[at] as Waiting<unknown>).work;
    if (work < first && work * MUCH_SHORTER <= first) at = place;
  }
  return at;
}
