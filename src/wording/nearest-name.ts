/**
 * The known name that was most likely meant, or undefined when none is near: at most a third of its letters may differ,
 * unless a known name begins with what was typed, or has 5 letters or more of it inside. Case, hyphens and dots do not count. The earlier of two equal names wins.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name).slice(0, 200);
  if (wanted === '') return undefined;
  let nearest: string | undefined;
  let smallest = Math.floor(wanted.length / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, bare(candidate));
    if (distance < smallest) [nearest, smallest] = [candidate, distance];
  }
  const namedWith = (fits: (candidate: string) => boolean): string | undefined => known.find((candidate) => fits(bare(candidate)));
  if (nearest !== undefined || wanted.length < 3) return nearest;
  return namedWith((one) => one.startsWith(wanted)) ?? (wanted.length < 5 ? undefined : namedWith((one) => one.includes(wanted)));
}

/** Letters and digits only: `bge_small_en` is `bge-small-en`. */
const bare = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Edits that turn one word into the other: insertions, deletions, substitutions and swaps of neighbours
 * (optimal string alignment, Damerau 1964).
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
