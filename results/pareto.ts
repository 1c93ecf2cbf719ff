/** docs/pareto.svg: quality against time of every first stage and tier. */
import { timeAxis } from '../src/eval/render/axes.ts';
import { openCanvas, standalone } from '../src/eval/render/canvas.ts';
import { lineOf, mean, measuredCollections, systems } from './quality-table.ts';
import type { Published } from './run.ts';

interface Point {
  readonly title: string;
  readonly quality: number;
  readonly milliseconds: number;
}

/** Means over the collections of which every system was measured. */
export const paretoPoints = (published: readonly Published[]): readonly Point[] => {
  const complete = measuredCollections(published).filter((workload) =>
    systems.every((system) => lineOf(published, workload, system)?.milliseconds !== undefined),
  );
  return systems.map((system) => {
    const lines = complete.map((workload) => lineOf(published, workload, system) as Published);
    return {
      title: system.title,
      quality: mean(lines.map(({ expected }) => expected)),
      milliseconds: mean(lines.map(({ milliseconds }) => milliseconds as number)),
    };
  });
};

/** Colours that show on white and on black, since a picture does not know its page. */
const INK = '#767676';
const SIGN = '#d1495b';

export const paretoPlot = async (published: readonly Published[]): Promise<string> => {
  const { plot, draw } = await openCanvas();
  const points = paretoPoints(published);
  const { domain, ticks } = timeAxis(points.map(({ milliseconds }) => milliseconds));
  const [least, most] = [Math.min(...points.map(({ quality }) => quality)), Math.max(...points.map(({ quality }) => quality))];
  const right = (point: Point): boolean => point.milliseconds > Math.sqrt(domain[0] * domain[1]);
  const html = draw({
    name: 'pareto',
    title: 'Quality against the time of a query',
    description: points
      .map(({ title, quality, milliseconds }) => `${title}: nDCG@10 ${quality.toFixed(3)} in ${milliseconds.toFixed(0)} ms.`)
      .join(' '),
    options: {
      width: 720,
      height: 380,
      marginLeft: 56,
      marginRight: 24,
      marginBottom: 48,
      x: {
        type: 'log',
        domain: [...domain],
        ticks: [...ticks],
        tickFormat: (value: number) => `${value} ms`,
        label: 'a query, 100 candidates →',
        labelAnchor: 'center',
      },
      y: { domain: [least - 0.02, most + 0.02], grid: true, ticks: 5, tickFormat: (value: number) => value.toFixed(2), label: '↑ nDCG@10' },
      marks: [
        plot.dot(points, { x: 'milliseconds', y: 'quality', r: 6, fill: SIGN }),
        ...points.map((point) =>
          plot.text([point], {
            x: 'milliseconds',
            y: 'quality',
            text: ['title'].map(() => `${point.title}, ${point.quality.toFixed(3)}`),
            dx: right(point) ? -11 : 11,
            textAnchor: right(point) ? 'end' : 'start',
            fill: INK,
          }),
        ),
      ],
    },
  });
  return `${standalone(html, INK)}\n`;
};
