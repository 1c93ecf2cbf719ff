/** Rows of one page. */
const PAGE = 65_536;

/** What rows score, added up: by pages of 65,536 rows, of which those without a score take no room. */
export interface RowScores {
  add(row: number, gain: number): void;
  /** Only these rows stay. */
  keep(rows: Iterable<number>): void;
  /** The next best, at least so many where there are, and all that are nearly as good as the last of them. Those that were given do not come again. */
  next(count: number, near: number): Ranked;
}

export interface Ranked {
  readonly rows: readonly number[];
  readonly scores: readonly number[];
  /** What all others are below. 0: there are none. */
  readonly lowest: number;
}

export function rowScores(): RowScores {
  let pages: Float64Array[] = [];
  let current = new Float64Array(0) as Float64Array;
  let at = -1;
  let isBelow = Number.POSITIVE_INFINITY;
  const turn = (page: number): void => {
    at = page;
    current = pages[page] ??= new Float64Array(PAGE);
  };
  const each = (take: (row: number, score: number) => void): void => {
    for (const page of Object.keys(pages)) {
      const scores = pages[Number(page)] as Float64Array;
      const first = Number(page) * PAGE;
      for (let i = 0; i < PAGE; i++) if (scores[i] !== 0) take(first + i, scores[i] as number);
    }
  };
  return {
    add: (row, gain) => {
      const page = Math.floor(row / PAGE);
      if (page !== at) turn(page);
      current[row % PAGE] = (current[row % PAGE] as number) + gain;
    },
    keep: (rows) => {
      const before = pages;
      [pages, at] = [[], -1];
      for (const row of rows) {
        const page = Math.floor(row / PAGE);
        const score = before[page]?.[row % PAGE] ?? 0;
        if (score === 0) continue;
        if (page !== at) turn(page);
        current[row % PAGE] = score;
      }
    },
    next: (count, near) => {
      // A heap of the best, whose root is the least of them.
      const heap = new Float64Array(count);
      let size = 0;
      each((_, score) => {
        if (score >= isBelow) return;
        if (size < count) {
          heap[size] = score;
          if (++size === count) heap.sort();
        } else if (score > (heap[0] as number)) sink(heap, score);
      });
      const lowest = size < count ? 0 : (heap[0] as number) * (1 - near);
      const [rows, scores]: [number[], number[]] = [[], []];
      each((row, score) => {
        if (score < lowest || score >= isBelow) return;
        rows.push(row);
        scores.push(score);
      });
      isBelow = lowest;
      return { rows, scores, lowest };
    },
  };
}

/** Puts a value in the place of the least one. A sorted list is a heap. */
function sink(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}
