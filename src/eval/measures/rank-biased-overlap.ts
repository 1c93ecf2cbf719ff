import { checkArguments } from '../../wording/check-options.ts';
import { anyText, between, listOf } from '../../wording/check-shapes.ts';

/**
 * How alike two rankings are, 0 to 1, their first places counting most: rank-biased overlap, extrapolated (RBO_ext; Webber, Moffat and Zobel
 * 2010, equation 32, https://doi.org/10.1145/1852102.1852106). `persistence` between 0 and 1 is how likely a reader goes on to each next result. What lies
 * below the end of a list is taken to agree as far as what was seen. Ids are whole and each stands once; two lists of nothing are the same, one is unlike any other.
 *
 * @example
 * import { rankBiasedOverlap } from 'finetooth/eval';
 *
 * console.log(rankBiasedOverlap(['a', 'b', 'c'], ['a', 'b', 'c']), rankBiasedOverlap(['a', 'b'], ['c', 'd'])); // 1 0
 * console.log(rankBiasedOverlap(['a', 'b', 'c'], ['a', 'c', 'b']) > rankBiasedOverlap(['a', 'b', 'c'], ['b', 'a', 'c'])); // true
 */
export function rankBiasedOverlap(one: readonly string[], other: readonly string[], persistence = RBO_PERSISTENCE): number {
  checkArguments("rankBiasedOverlap(['a', 'b'], ['b', 'c'])", {
    one: [one, ids],
    other: [other, ids],
    persistence: [persistence, between],
  });
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length === 0) return long.length === 0 ? 1 : 0;
  const seen = new Set<string>();
  let [overlap, sum, weight, overlapOfShort] = [0, 0, 1, 0];
  for (let depth = 1; depth <= long.length; depth++) {
    for (const id of [long[depth - 1], short[depth - 1]]) {
      if (id === undefined) continue;
      if (seen.has(id)) overlap++;
      else seen.add(id);
    }
    if (depth === short.length) overlapOfShort = overlap;
    weight *= persistence;
    // Below the end of the short list it goes on to agree as far as it did.
    const assumed = depth > short.length ? (overlapOfShort * (depth - short.length)) / short.length : 0;
    sum += ((overlap + assumed) / depth) * weight;
  }
  const beyond = (overlap - overlapOfShort) / long.length + overlapOfShort / short.length;
  return ((1 - persistence) / persistence) * sum + beyond * weight;
}

const ids = listOf('a list of ids', anyText);

/**
 * Of every overlap in a report: the first ten places hold 86 % of the weight.
 *
 * @example
 * import { RBO_PERSISTENCE, rankBiasedOverlap } from 'finetooth/eval';
 *
 * console.log(RBO_PERSISTENCE); // 0.9
 * console.log(rankBiasedOverlap(['a', 'b'], ['b', 'a']) === rankBiasedOverlap(['a', 'b'], ['b', 'a'], 0.9)); // true
 */
export const RBO_PERSISTENCE = 0.9;
/**
 * Results of each ranking that are compared: what stands below has half a per cent of the weight.
 *
 * @example
 * import { RBO_DEPTH, rankBiasedOverlap } from 'finetooth/eval';
 *
 * const first = (ids: readonly string[]) => ids.slice(0, RBO_DEPTH);
 * console.log(rankBiasedOverlap(first(['a', 'b']), first(['a', 'b']))); // 1
 */
export const RBO_DEPTH = 50;
