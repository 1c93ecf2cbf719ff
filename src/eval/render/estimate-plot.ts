import { figure, interval } from '../../wording/numbers.ts';
import type { PipelineReport } from '../report/report.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { frame, seriesOf } from './series.ts';
import { shortened } from './words.ts';

/** Pixels of a pipeline. */
const ROW = 46;

/**
 * Where each pipeline stands between 0 and 1, with the interval of its mean and a ring at the best order of its results. The scale is the same whatever is
 * measured, so that an interval that narrows is seen to narrow.
 */
export function estimatePlot(plot: Canvas['plot'], pipelines: readonly PipelineReport[], measure: string): Drawing {
  const rows = pipelines.flatMap(({ name, measures, headroom }, index) => {
    const estimate = measures[measure];
    return estimate === undefined ? [] : [{ name, index, ...estimate, best: headroom?.[measure]?.best, row: 0 }];
  });
  for (const [at, row] of rows.entries()) row.row = at + 0.5;
  return {
    name: 'estimates',
    title: `${measure} with the interval of the mean`,
    description: rows
      .map(
        ({ name, value, low, high, best }) =>
          `${name}: ${figure(value)} ${interval(low, high)}${best === undefined ? '' : `, best order ${figure(best)}`}.`,
      )
      .join(' '),
    options: {
      ...frame,
      height: ROW * rows.length + 50,
      marginTop: 6,
      marginBottom: 44,
      marginLeft: 20,
      x: { domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], grid: true, label: `${measure} →`, labelAnchor: 'center' },
      y: { domain: [rows.length, 0], axis: null },
      marks: rows.flatMap(({ name, index, value, low, high, best, row }) => {
        const { color, symbol } = seriesOf(index);
        const y = row + 0.22;
        return [
          plot.text([[0, row - 0.18]], { text: [shortened(name, 56)], textAnchor: 'start', fill: 'currentColor' }),
          ...(best === undefined
            ? []
            : [
                plot.ruleY([y], { x1: value, x2: best, stroke: color, strokeWidth: 1.5, strokeDasharray: '3,3' }),
                plot.dot([[best, y]], { r: 5, stroke: color, strokeWidth: 2, fill: 'var(--surface)' }),
              ]),
          plot.ruleY([y], { x1: low, x2: high, stroke: color, strokeWidth: 6, strokeOpacity: 0.4 }),
          plot.dot([[value, y]], { r: 6, symbol, fill: color, stroke: 'var(--surface)' }),
        ];
      }),
    },
  };
}
