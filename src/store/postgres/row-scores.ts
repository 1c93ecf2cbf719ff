/** How many times as many rows as additions are kept in one array; beyond, most of it would be empty. */
const SPARSE = 16;

/** What rows score, added up. */
export interface RowScores {
  add(row: number, gain: number): void;
  /** Only these rows stay. */
  keep(rows: Iterable<number>): void;
  /** The rows of at least this score. */
  above(score: number): readonly number[];
  /** The next best, at least so many where there are, and all that are nearly as good as the last of them. Those that were given do not come again. */
  next(count: number, near: number): Ranked;
}

export interface Ranked {
  readonly rows: readonly number[];
  readonly scores: readonly number[];
  /** What all others are below. 0: there are none. */
  readonly lowest: number;
}

/** For so many additions, at most, to rows below a number. */
export function rowScores(additions: number, rows: number): RowScores {
  let scores = rows <= SPARSE * additions ? denseScores(rows) : sparseScores();
  let isBelow = Number.POSITIVE_INFINITY;
  return {
    add: (row, gain) => scores.add(row, gain),
    keep: (kept) => {
      const some = sparseScores();
      for (const row of new Set(kept)) if (scores.of(row) !== 0) some.add(row, scores.of(row));
      scores = some;
    },
    above: (least) => {
      const rows: number[] = [];
      scores.each((row, score) => {
        if (score >= least) rows.push(row);
      });
      return rows;
    },
    next: (count, near) => {
      // A heap of the best, whose root is the least of them.
      const heap = new Float64Array(count);
      let size = 0;
      scores.each((_, score) => {
        if (score >= isBelow) return;
        if (size < count) {
          heap[size] = score;
          if (++size === count) heap.sort();
        } else if (score > (heap[0] as number)) sink(heap, score);
      });
      const lowest = size < count ? 0 : (heap[0] as number) * (1 - near);
      const [best, bestScores]: [number[], number[]] = [[], []];
      scores.each((row, score) => {
        if (score < lowest || score >= isBelow) return;
        best.push(row);
        bestScores.push(score);
      });
      isBelow = lowest;
      return { rows: best, scores: bestScores, lowest };
    },
  };
}

interface Sums {
  add(row: number, gain: number): void;
  of(row: number): number;
  each(take: (row: number, score: number) => void): void;
}

function denseScores(rows: number): Sums {
  const sums = new Float64Array(rows);
  return {
    add: (row, gain) => {
      sums[row] = (sums[row] as number) + gain;
    },
    of: (row) => sums[row] ?? 0,
    each: (take) => {
      for (let row = 0; row < rows; row++) if (sums[row] !== 0) take(row, sums[row] as number);
    },
  };
}

function sparseScores(): Sums {
  const sums = new Map<number, number>();
  const of = (row: number): number => sums.get(row) ?? 0;
  return {
    add: (row, gain) => sums.set(row, of(row) + gain),
    of,
    each: (take) => {
      for (const [row, score] of sums) take(row, score);
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
