import { checkArguments } from '../../wording/check-options.ts';
import { finiteNumbers } from '../../wording/check-shapes.ts';

/**
 * p-values corrected for all being looked at together (Holm 1979, https://www.jstor.org/stable/4615733), in the order given.
 *
 * @example
 * import { holm } from 'finetooth/eval';
 *
 * console.log(holm([0.01, 0.04]).join(' ')); // 0.02 0.04
 */
export function holm(ps: readonly number[]): number[] {
  checkArguments('holm([0.01, 0.04])', { ps: [ps, finiteNumbers] });
  const order = ps.map((_, at) => at).sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  for (const [place, at] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps[at] as number) * (ps.length - place)));
    adjusted[at] = largest;
  }
  return adjusted;
}
