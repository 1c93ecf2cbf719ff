import { counted, grouped } from '../../wording/numbers.ts';
import type { Comparison } from '../report/report.ts';
import { binned, tally } from './bins.ts';
import type { Canvas, Drawing } from './canvas.ts';
import type { Html } from './markup.ts';
import { frame } from './series.ts';
import { type Outcome, outcomeOf } from './words.ts';

/** Bars sorted by size up to this many queries; counts of differences above it. */
const mostBars = 120;
/** A single query must not become a wall. */
const fewestPlaces = 12;

const outcomeColors: Readonly<Record<Outcome, string>> = {
  helps: 'var(--better)',
  hurts: 'var(--worse)',
  same: 'var(--quiet)',
  unknown: 'var(--quiet)',
};

/** How the difference spreads over queries. `reach` holds the differences of all comparisons and zero, so that their plots share one scale. */
export function spreadPlot(
  plot: Canvas['plot'],
  { pipeline, baseline, measure, differences = [] }: Comparison,
  name: string,
  reach: readonly [least: number, most: number],
): Drawing {
  const { better, worse, same } = tally(differences);
  const title = `${measure} of ${pipeline} minus ${baseline}, by query`;
  const description = `${counted(better, 'query', 'queries')} better, ${grouped(worse)} worse, ${grouped(same)} the same.`;
  const side = (value: number): string => (value > 0 ? 'var(--better)' : value < 0 ? 'var(--worse)' : 'var(--quiet)');
  if (differences.length > mostBars) {
    const bins = binned(differences, Math.max(-reach[0], reach[1]));
    const options = {
      ...frame,
      marginLeft: 56,
      x: { label: `difference in ${measure} →`, tickFormat: shortSigned, ticks: 6, labelAnchor: 'center' as const },
      y: { label: '↑ queries', grid: true, ticks: 5 },
      marks: [
        plot.rectY(bins, { x1: 'from', x2: 'to', y: 'count', inset: 0.75, fill: ({ from, to }) => side(from * to > 0 ? from : 0) }),
        plot.ruleY([0]),
        plot.ruleX([0], { stroke: 'currentColor', strokeDasharray: '3,3' }),
      ],
    };
    return { name, title, description: `${description} A histogram of the differences.`, options };
  }
  const bars = [...differences].sort((a, b) => b - a).map((value, i) => ({ place: i + 1, value }));
  const gap = bars.length > 60 ? 0.5 : 1;
  const options = {
    ...frame,
    marginLeft: 56,
    marginBottom: 30,
    x: {
      label: 'queries, largest gain first →',
      domain: [0.5, Math.max(bars.length, fewestPlaces) + 0.5],
      ticks: [],
      labelAnchor: 'center' as const,
    },
    y: { label: `↑ difference in ${measure}`, domain: reach, nice: true, grid: true, ticks: 5, tickFormat: shortSigned },
    marks: [
      plot.rectY(bars, {
        x1: ({ place }) => place - 0.5,
        x2: ({ place }) => place + 0.5,
        y: 'value',
        insetLeft: gap,
        insetRight: gap,
        fill: ({ value }) => side(value),
      }),
      plot.ruleY([0]),
    ],
  };
  return { name, title, description: `${description} One bar a query, sorted.`, options };
}

/** Pictures for the rows of a table, which say the same in numbers: each interval beside the same line of zero, and the scale above them. */
export function forestOf(
  { plot, ornament }: Canvas,
  comparisons: readonly Comparison[],
): { readonly scale: Html; readonly row: (comparison: Comparison) => Html } {
  const shape = { width: 220, marginLeft: 14, marginRight: 14, marginBottom: 0, y: { axis: null, domain: [0, 1] } };
  const x = { domain: reachOf(comparisons), axis: null };
  const zero = plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.45 });
  return {
    scale: ornament({
      ...shape,
      height: 24,
      marginTop: 22,
      x,
      marks: [plot.axisX({ anchor: 'top', ticks: 3, tickSize: 4, tickPadding: 4, tickFormat: shortSigned, label: null })],
    }),
    row: (comparison) => {
      const { low, high, difference } = comparison;
      const stroke = outcomeColors[outcomeOf(comparison)];
      const bar = plot.ruleY([0.5], { x1: low, x2: high, stroke, strokeWidth: 2.5 });
      const ends = plot.ruleX([low, high], { y1: 0.27, y2: 0.73, stroke, strokeWidth: 2 });
      const dot = plot.dot([[difference, 0.5]], { r: 4, fill: stroke, stroke: 'var(--surface)' });
      return ornament({ ...shape, height: 44, marginTop: 0, x, marks: [zero, bar, ends, dot] });
    },
  };
}

const shortSigned = (value: number): string => (value === 0 ? '0' : `${value < 0 ? '−' : '+'}${Number(Math.abs(value).toFixed(2))}`);

/** From the least to the greatest end of all intervals, and zero. */
function reachOf(comparisons: readonly Comparison[]): readonly [number, number] {
  const least = Math.min(0, ...comparisons.map(({ low }) => low));
  const most = Math.max(0, ...comparisons.map(({ high }) => high));
  const room = Math.max(0.005, (most - least) * 0.06);
  return [least - room, most + room];
}
