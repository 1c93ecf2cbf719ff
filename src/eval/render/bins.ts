/** Counts of differences; one bar is centred on 0, so that no bar holds gains and losses. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** `2 × half + 1` bars of one width over -widest to widest; no difference may be larger than `widest`, which is more than 0. */
export function binned(differences: readonly number[], widest: number, half = 15): readonly Bin[] {
  const width = widest / half;
  const counts = new Uint32Array(2 * half + 1);
  for (const value of differences) {
    const place = half + Math.round(value / width);
    counts[place] = (counts[place] as number) + 1;
  }
  return Array.from(counts, (count, i) => ({ from: (i - half - 0.5) * width, to: (i - half + 0.5) * width, count }));
}

/** Queries that gained, lost and stayed; below 0.00005 the four digits of the report show no change. */
export function tally(differences: readonly number[]): { readonly better: number; readonly worse: number; readonly same: number } {
  let [better, worse] = [0, 0];
  for (const value of differences) {
    if (value >= 0.00005) better++;
    else if (value <= -0.00005) worse++;
  }
  return { better, worse, same: differences.length - better - worse };
}
