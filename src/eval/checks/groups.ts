/** Things 0 to count - 1 that are told to belong together, and what follows from that. */
export interface Groups {
  join(a: number, b: number): void;
  together(a: number, b: number): boolean;
  /** Those of two and more, each rising, in the order of their first ones. */
  all(): number[][];
}

/** Union-find with path halving (Tarjan and van Leeuwen 1984). The root of a group is its lowest member. */
export function groupsOf(count: number): Groups {
  const parents = Uint32Array.from({ length: count }, (_, i) => i);
  const rootOf = (of: number): number => {
    let at = of;
    while (parents[at] !== at) at = parents[at] = parents[parents[at] as number] as number;
    return at;
  };
  return {
    join: (a, b) => {
      const [x, y] = [rootOf(a), rootOf(b)];
      parents[Math.max(x, y)] = Math.min(x, y);
    },
    together: (a, b) => rootOf(a) === rootOf(b),
    all: () => {
      const groups = new Map<number, number[]>();
      for (let i = 0; i < count; i++) {
        const root = rootOf(i);
        if (root === i) continue;
        if (!groups.has(root)) groups.set(root, [root]);
        addTo(groups, root, i);
      }
      return [...groups.values()].sort((a, b) => (a[0] as number) - (b[0] as number));
    },
  };
}

/**
 * Runs of two and more among 0 to count - 1 with the same key (0 to 2³² - 1), each rising. Sorts plain numbers, each a key and what has it,
 * because a map of arrays would take several times the memory. Above two million things the key loses bits to make room: ask again
 * whether those of a run are the same.
 */
export function* runsOf(count: number, keyOf: (i: number) => number): Generator<Uint32Array> {
  const keys = Math.min(2 ** 32, Math.floor(Number.MAX_SAFE_INTEGER / Math.max(1, count)));
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i++) packed[i] = (keyOf(i) % keys) * count + i;
  packed.sort();
  const keyAt = (at: number): number => Math.floor((packed[at] as number) / count);
  for (let from = 0, to = 1; from < count; from = to++) {
    while (to < count && keyAt(to) === keyAt(from)) to++;
    if (to - from > 1) yield Uint32Array.from(packed.subarray(from, to), (one) => one % count);
  }
}

/** Adds to the list of a key. */
export function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
