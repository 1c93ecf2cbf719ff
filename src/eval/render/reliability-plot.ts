import { figure, percent } from '../../wording/numbers.ts';
import type { Reliability } from '../calibration/reliability.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { curve, frame } from './series.ts';

/** A pipeline that states probabilities. */
export interface Stating {
  readonly name: string;
  /** Its place among the report's pipelines. */
  readonly index: number;
  readonly reliability: Reliability;
}

const fifths = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Stated against true: on the diagonal both are the same (DeGroot and Fienberg, 1983). There must be at least one pipeline. */
export const reliabilityPlot = (plot: Canvas['plot'], stating: readonly Stating[]): Drawing => ({
  name: 'reliability',
  title: 'Stated probability and share that is relevant',
  description: stating
    .map(({ name, reliability: { calibrationError, bins } }) => {
      const highest = bins.at(-1);
      return `${name}: calibration error ${figure(calibrationError)}; where it is surest it states ${percent(highest?.stated ?? 0)}, and ${percent(highest?.relevant ?? 0)} are relevant.`;
    })
    .join(' '),
  options: {
    ...frame,
    x: { domain: [0, 1], ticks: fifths, tickFormat: percent, label: 'stated probability →', labelAnchor: 'center' },
    y: { domain: [0, 1], ticks: fifths, tickFormat: percent, grid: true, label: '↑ relevant' },
    marks: [
      plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeDasharray: '4,4', strokeOpacity: 0.55 },
      ),
      ...stating.flatMap(({ index, reliability: { bins } }) =>
        curve(
          plot,
          index,
          bins.map(({ stated, relevant }) => [stated, relevant] as const),
        ),
      ),
    ],
  },
});
