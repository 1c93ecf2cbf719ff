/** Scales and ticks that stay readable at the width of a plot. */

export interface Axis {
  readonly type: 'log' | 'linear';
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const steps = [1, 2, 5].flatMap((step) => Array.from({ length: 12 }, (_, i) => step * 10 ** (i - 3))).sort((a, b) => a - b);

/** Where a value lies on an axis, 0 to 1. */
export const placeOn = ({ type, domain: [from, to] }: Pick<Axis, 'type' | 'domain'>, value: number): number =>
  type === 'log' ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);

/** An axis for depths that were measured, rising: its ticks are among them. */
export function depthAxis(depths: readonly number[]): Axis {
  const [least, most] = [Math.min(...depths), Math.max(...depths)];
  const type = typeFor(depths);
  const domain = type === 'log' ? ([least, most] as const) : ([least === most ? 0 : least, Math.max(most, 1)] as const);
  return {
    type,
    domain,
    ticks: apart(
      [...new Set(depths)].sort((a, b) => a - b),
      { type, domain },
      0.085,
    ),
  };
}

/** An axis for milliseconds, with room on both sides. */
export function timeAxis(values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const type = typeFor(values);
  const domain = type === 'log' ? ([least / 1.6, most * 1.6] as const) : ([0, most > 0 ? most * 1.15 : 1] as const);
  const [from, to] = domain;
  const step = steps.find((size) => to / size <= 5) ?? to;
  const even = Array.from({ length: Math.floor(to / step) + 1 }, (_, i) => i * step);
  const ticks = type === 'log' ? steps.filter((value) => value >= from && value <= to) : even;
  return { type, domain, ticks: apart(ticks, { type, domain }, 0.17) };
}

/** Room around values of 0 to 1, so that curves use the height; never beyond 0 and 1. */
export function shareDomain(values: readonly number[]): readonly [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.02, (most - least) * 0.12);
  return [Math.max(0, Math.floor((least - room) * 20) / 20), Math.min(1, Math.ceil((most + room) * 20) / 20)];
}

/** At most `count` of the values, evenly picked; the first and the last are kept. `count` is 2 or more. */
export const thinned = <T>(values: readonly T[], count: number): readonly T[] =>
  values.length <= count
    ? values
    : Array.from({ length: count }, (_, i) => values[Math.round((i * (values.length - 1)) / (count - 1))] as T);

/** Logarithmic when the largest value is more than ten times the smallest. */
function typeFor(values: readonly number[]): Axis['type'] {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least > 10 ? 'log' : 'linear';
}

/** Values far enough apart for their labels; the first and the last are kept. `gap` is a share of the axis. */
function apart(values: readonly number[], axis: Pick<Axis, 'type' | 'domain'>, gap: number): number[] {
  const last = values.at(-1);
  if (last === undefined) return [];
  const kept: number[] = [];
  for (const value of values) {
    const free = kept.length === 0 || placeOn(axis, value) - placeOn(axis, kept.at(-1) as number) >= gap;
    if (value === last || (free && placeOn(axis, last) - placeOn(axis, value) >= gap)) kept.push(value);
  }
  return kept;
}
