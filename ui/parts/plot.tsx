import { useLayoutEffect, useRef } from 'preact/hooks';
import './plot.css';

export interface ServedPlot {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly svg: string;
  readonly legend: readonly { readonly sign: string; readonly names: readonly string[] }[];
}

/** A plot that the server drew, with its words and its signs. */
export function PlotFigure({ plot: { title, caption, svg, legend } }: { readonly plot: ServedPlot }) {
  return (
    <figure class="plot-figure">
      <figcaption>
        <strong>{title}</strong>
        <span class="hint">{caption}</span>
      </figcaption>
      <Drawing svg={svg} />
      {legend.length > 0 && (
        <ul class="plot-legend">
          {legend.map(({ sign, names }) => (
            <li key={names.join()}>
              <Drawing svg={sign} isSign />
              <bdi>{names.join(', ')}</bdi>
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

/** SVG as nodes of this page, so that its colours are the page's own. */
export function Drawing({ svg, isSign = false }: { readonly svg: string; readonly isSign?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = imported(svg);
    if (node !== undefined) box.current?.replaceChildren(node);
  }, [svg]);
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  // The place is kept before the drawing is in it.
  return (
    <div ref={box} class={isSign ? 'plot-sign' : 'plot'} style={isSign ? undefined : { aspectRatio: `${width ?? 5} / ${height ?? 3}` }} />
  );
}

/** Elements of a plot; whatever else stands in an SVG has no business here. */
const drawn = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'tspan', 'title', 'desc', 'polygon', 'polyline', 'ellipse']);

function imported(text: string): Node | undefined {
  const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  if (root.localName !== 'svg') return undefined;
  for (const element of [root, ...root.querySelectorAll('*')]) {
    if (!drawn.has(element.localName)) element.remove();
    for (const { name } of [...element.attributes]) if (/^(on|style$)|href$/i.test(name)) element.removeAttribute(name);
  }
  return document.importNode(root, true);
}
