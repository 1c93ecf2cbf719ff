import { addTo, groupsOf } from './groups.ts';

const SHORTEST = 4;

/**
 * Groups of queries with the same words, or with sets of four and more different words of which any two neighbours share 90 % (Jaccard).
 * Finds every pair without comparing every pair: two such sets share one of the rarest words of each (prefix filtering: Chaudhuri, Ganti and
 * Kaushik 2006, "A primitive operator for similarity joins in data cleaning").
 *
 * @param queries [query] Words in their order.
 * @returns Places in `queries`, each group rising; queries without a word are in none.
 */
export function duplicateQueries(queries: readonly (readonly string[])[]): number[][] {
  const groups = groupsOf(queries.length);
  const firsts = new Map<string, number>();
  for (const [at, words] of queries.entries()) {
    const first = firsts.get(words.join(' '));
    if (first !== undefined) groups.join(first, at);
    else if (words.length > 0) firsts.set(words.join(' '), at);
  }
  const sets = new Map<number, ReadonlySet<string>>();
  const frequencies = new Map<string, number>();
  for (const at of firsts.values()) {
    const set = new Set(queries[at]);
    if (set.size < SHORTEST) continue;
    sets.set(at, set);
    for (const word of set) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  }
  const holders = new Map<string, number[]>();
  for (const [at, set] of sets) {
    const rarestFirst = [...set].sort((a, b) => (frequencies.get(a) as number) - (frequencies.get(b) as number) || (a < b ? -1 : 1));
    const candidates = new Set<number>();
    for (const word of rarestFirst.slice(0, set.size - Math.ceil((9 * set.size) / 10) + 1)) {
      for (const other of holders.get(word) ?? []) candidates.add(other);
      addTo(holders, word, at);
    }
    for (const other of candidates) if (nearlySame(set, sets.get(other) as ReadonlySet<string>)) groups.join(other, at);
  }
  return groups.all();
}

/** Whether two sets have a Jaccard similarity of 0.9 and more; in whole numbers, so that 9 of 10 is enough. */
function nearlySame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return 10 * both >= 9 * (a.size + b.size - both);
}
