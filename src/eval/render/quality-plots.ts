import { duration, figure, grouped } from '../../wording/numbers.ts';
import type { Estimate, PipelineReport } from '../report/report.ts';
import { depthAxis, placeOn, shareDomain, timeAxis } from './axes.ts';
import type { Canvas, Drawing } from './canvas.ts';
import { freePlaces, placesFor } from './labels.ts';
import { curve, frame, inner, seriesOf } from './series.ts';
import { shortened } from './words.ts';

/** One curve: pipelines with the same first stage have the same recall, and share it. */
export interface RecallCurve {
  readonly names: readonly string[];
  /** Place of the first of them among the report's pipelines. */
  readonly index: number;
  readonly points: PipelineReport['recall'];
}

/** A pipeline that was timed and measured. */
export interface Timed {
  readonly name: string;
  readonly index: number;
  /** Milliseconds in total, of half of the queries. */
  readonly p50: number;
  readonly quality: Estimate;
}

export function recallCurves(pipelines: readonly PipelineReport[]): readonly RecallCurve[] {
  const curves = new Map<string, RecallCurve>();
  pipelines.forEach(({ name, recall }, index) => {
    if (recall.length === 0) return;
    const shape = JSON.stringify(recall);
    const before = curves.get(shape);
    curves.set(shape, before === undefined ? { names: [name], index, points: recall } : { ...before, names: [...before.names, name] });
  });
  return [...curves.values()];
}

export function recallPlot(plot: Canvas['plot'], curves: readonly RecallCurve[]): Drawing {
  const { type, domain, ticks } = depthAxis(curves.flatMap(({ points }) => points.map(({ depth }) => depth)));
  const recalls = curves.flatMap(({ points }) => points.map(({ recall }) => recall));
  return {
    name: 'recall',
    title: 'Recall of the first stage by depth',
    description: curves
      .map(({ names, points }) => {
        const deepest = points.at(-1);
        return `${names.join(', ')}: ${figure(deepest?.recall ?? 0)} at ${grouped(deepest?.depth ?? 0)}.`;
      })
      .join(' '),
    options: {
      ...frame,
      x: { type, domain, ticks, tickFormat: grouped, label: 'results of the first stage →', labelAnchor: 'center' },
      y: { domain: shareDomain(recalls), grid: true, ticks: 5, label: '↑ recall' },
      marks: curves.flatMap(({ index, points }) =>
        curve(
          plot,
          index,
          points.map(({ depth, recall }) => [depth, recall] as const),
        ),
      ),
    },
  };
}

export const timedOf = (pipelines: readonly PipelineReport[], measure: string): readonly Timed[] =>
  pipelines.flatMap(({ name, latency, measures }, index) => {
    const [p50, quality] = [latency.total?.p50, measures[measure]];
    return p50 === undefined || quality === undefined ? [] : [{ name, index, p50, quality }];
  });

/** Those that no other beats in time without losing quality, nor in quality without losing time; fastest first. */
export const paretoFront = (timed: readonly Timed[]): readonly Timed[] =>
  timed
    .filter(
      (one) =>
        !timed.some(
          (other) =>
            other.p50 <= one.p50 &&
            other.quality.value >= one.quality.value &&
            (other.p50 < one.p50 || other.quality.value > one.quality.value),
        ),
    )
    .sort((a, b) => a.p50 - b.p50 || a.index - b.index);

/** Timed must hold two or more. */
export function timePlot(plot: Canvas['plot'], timed: readonly Timed[], measure: string): Drawing {
  const { type, domain, ticks } = timeAxis(timed.map(({ p50 }) => p50));
  const [least, most] = shareDomain(timed.flatMap(({ quality }) => [quality.low, quality.high]));
  const front = paretoFront(timed);
  // Those on the front are named first, should there not be room for all.
  const named = [...front, ...timed.filter((one) => !front.includes(one))].map(({ name, p50, quality }) => {
    const [x, y] = [placeOn({ type, domain }, p50) * inner.width, ((most - quality.value) / (most - least)) * inner.height];
    return { text: shortened(name, 30), at: [p50, quality.value], x, y };
  });
  const signs = named.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  const places = freePlaces(
    named.map(({ text, x, y }) => placesFor(x, y, text.length, inner.width)),
    signs,
  );
  const labels = named.flatMap(({ text, at }, i) => {
    const place = places[i];
    if (place === undefined) return [];
    const { dx, dy, textAnchor } = place;
    return [plot.text([at], { text: [text], dx, dy, textAnchor, fill: 'currentColor', stroke: 'var(--surface)', strokeWidth: 5 })];
  });
  return {
    name: 'time',
    title: `${measure} against the time of a query`,
    description: `${timed.map(({ name, p50, quality }) => `${name}: ${figure(quality.value)} in ${duration(p50)}.`).join(' ')} No other is both as fast and as good as ${front.map(({ name }) => name).join(', ')}.`,
    options: {
      ...frame,
      x: { type, domain, ticks, tickFormat: roundTime, label: 'median time of a query →', labelAnchor: 'center' },
      y: { domain: [least, most], grid: true, ticks: 5, label: `↑ ${measure}` },
      marks: [
        plot.line(front, {
          x: 'p50',
          y: ({ quality }: Timed) => quality.value,
          curve: 'step-after',
          stroke: 'currentColor',
          strokeDasharray: '4,4',
          strokeOpacity: 0.55,
        }),
        ...timed.map(({ p50, quality, index }) =>
          plot.ruleX([p50], { y1: quality.low, y2: quality.high, stroke: seriesOf(index).color, strokeWidth: 2, strokeOpacity: 0.45 }),
        ),
        // The signs last: a label's edge must not hide a neighbour's.
        ...labels,
        ...timed.map(({ p50, quality, index }) =>
          plot.dot([[p50, quality.value]], { r: 6, symbol: seriesOf(index).symbol, fill: seriesOf(index).color, stroke: 'var(--surface)' }),
        ),
      ],
    },
  };
}

/** What the reranker gives for how many candidates. Some pipeline must have cut-offs. */
export function cutOffPlot(plot: Canvas['plot'], pipelines: readonly PipelineReport[], measure: string): Drawing {
  const shown = pipelines.flatMap(({ name, cutOffs }, index) => (cutOffs.length === 0 ? [] : [{ name, index, cutOffs }]));
  const all = shown.flatMap(({ cutOffs }) => cutOffs);
  const { type, domain, ticks } = depthAxis(all.map(({ candidates }) => candidates));
  return {
    name: 'candidates',
    title: `${measure} by the number of candidates that are reranked`,
    description: shown
      .map(
        ({ name, cutOffs }) =>
          `${name}: ${cutOffs.map(({ candidates, value }) => `${figure(value)} with ${grouped(candidates)}`).join(', ')}.`,
      )
      .join(' '),
    options: {
      ...frame,
      x: { type, domain, ticks, tickFormat: grouped, label: 'candidates for the reranker →', labelAnchor: 'center' },
      y: { domain: shareDomain(all.map(({ value }) => value)), grid: true, ticks: 5, label: `↑ ${measure}` },
      marks: shown.flatMap(({ index, cutOffs }) =>
        curve(
          plot,
          index,
          cutOffs.map(({ candidates, value }) => [candidates, value] as const),
        ),
      ),
    },
  };
}

/** A tick: `0.5 ms`, `20 ms`, `2 s`. */
const roundTime = (value: number): string =>
  value < 1000 ? `${Number(value.toPrecision(3))} ms` : `${Number((value / 1000).toPrecision(3))} s`;
