import type { Markish, SymbolType } from '@observablehq/plot';
import { thinned } from './axes.ts';
import type { Canvas } from './canvas.ts';
import type { Html } from './markup.ts';

/** Narrow enough to be read on a phone, two abreast on a desk. In pixels. */
export const frame = { width: 500, height: 300, marginLeft: 48, marginRight: 20, marginTop: 28, marginBottom: 48 } as const;
export const inner = {
  width: frame.width - frame.marginLeft - frame.marginRight,
  height: frame.height - frame.marginTop - frame.marginBottom,
};

const symbols: readonly SymbolType[] = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'wye'];

/** A pipeline keeps its colour and its symbol on the whole page; six colours and seven symbols make 42 pairs. */
export const seriesOf = (index: number): { readonly color: string; readonly symbol: SymbolType } => ({
  color: `var(--series-${index % 6})`,
  symbol: symbols[index % symbols.length] as SymbolType,
});

/** The sign of a pipeline, for tables and legends. */
export function keyOf({ plot, ornament }: Canvas, index: number): Html {
  const { color, symbol } = seriesOf(index);
  const options = { width: 16, height: 16, margin: 0, axis: null, x: { domain: [0, 1] }, y: { domain: [0, 1] } };
  return ornament({ ...options, marks: [plot.dot([[0.5, 0.5]], { symbol, r: 4.5, fill: color })] });
}

export function curve(plot: Canvas['plot'], index: number, points: readonly (readonly [number, number])[]): Markish[] {
  const { color, symbol } = seriesOf(index);
  return [
    plot.line(thinned(points, 200), { x: '0', y: '1', stroke: color, strokeWidth: 2 }),
    plot.dot(thinned(points, 12), { x: '0', y: '1', symbol, r: 4.5, fill: color, stroke: 'var(--surface)', strokeWidth: 1 }),
  ];
}
