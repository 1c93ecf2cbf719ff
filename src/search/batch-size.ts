/** Documents of the first batches, and of the largest. */
const LEAST = 256;
const MOST = 4096;
/** Milliseconds: batches do not grow where the last one took longer, and shrink where it took four times as long. */
const LONG_MS = 500;
/** A batch is at most this share of what this run has stored: so much of its work is lost when it is killed. */
const SHARE = 1 / 8;

/** What a run begins with. */
export const firstBatchSize = LEAST;

/**
 * How many documents the next batch has, at most 4,096: a multiple of 256 from there on, and not fewer than the first had. Each batch is a commit, and each commit makes the next ones dearer, so
 * that a million documents should not be four thousand of them; but what a slow model computed is to be stored soon.
 */
export function nextBatchSize(last: number, stored: number, tookMs: number, first: number = LEAST): number {
  if (tookMs > 4 * LONG_MS) return Math.max(first, Math.floor(last / 2));
  const most = Math.max(LEAST, Math.floor((stored * SHARE) / LEAST) * LEAST);
  return tookMs > LONG_MS ? last : Math.min(MOST, 2 * last, most);
}
