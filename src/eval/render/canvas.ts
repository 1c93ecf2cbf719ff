import type { PlotOptions } from '@observablehq/plot';
import { FinetoothError, messageOf } from '../../errors.ts';
import { importFirst } from '../../fetch/import-first.ts';
import { type Html, trusted } from './markup.ts';

type Plot = typeof import('@observablehq/plot');
type Linkedom = typeof import('linkedom');

/** What is read of an element of linkedom's, which needs no browser's types. */
interface Svg {
  readonly outerHTML: string;
  readonly firstChild: unknown;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelector(selector: string): { remove(): void } | null;
  querySelectorAll(selector: string): Iterable<{ removeAttribute(name: string): void }>;
  insertBefore(child: unknown, before: unknown): void;
}

interface Page {
  createElementNS(space: string, name: string): { textContent: string; setAttribute(name: string, value: string): void };
}

export interface Drawing {
  /** Unique on the page; it becomes part of ids. */
  readonly name: string;
  /** Read aloud in place of the picture. */
  readonly title: string;
  readonly description: string;
  readonly options: PlotOptions;
}

export interface Canvas {
  readonly plot: Plot;
  readonly draw: (drawing: Drawing) => Html;
  /** A picture that only repeats the text beside it. */
  readonly ornament: (options: PlotOptions) => Html;
}

const namespace = 'http://www.w3.org/2000/svg';

/** Loads the plotting library and a document for it to draw into. Throws E_RUNTIME where they are not installed. */
export async function openCanvas(load = loadPackages): Promise<Canvas> {
  const { plot, document } = await load().catch((error: unknown) => {
    throw new FinetoothError(
      'E_RUNTIME',
      `the page needs two packages for its plots and they did not load (${messageOf(error)}). Run "npm install @observablehq/plot linkedom", or ask for Markdown or JSON, which need neither.`,
      { cause: error },
    );
  });
  const drawn = (options: PlotOptions): Svg => {
    const svg = plot.plot({ ...options, document: document as NonNullable<PlotOptions['document']> }) as unknown as Svg;
    // The page styles all plots once.
    svg.querySelector('style')?.remove();
    for (const name of ['class', 'font-family', 'font-size']) svg.removeAttribute(name);
    // A picture is read as a whole, by its title; of a group without a role WAI-ARIA allows no name.
    for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    return svg;
  };
  return {
    plot,
    draw: ({ name, title, description, options }) => {
      const svg = drawn(options);
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-labelledby', `${name}-title ${name}-description`);
      const before = svg.firstChild;
      for (const [element, part, text] of [
        ['title', 'title', title],
        ['desc', 'description', description],
      ] as const) {
        const child = (document as Page).createElementNS(namespace, element);
        child.setAttribute('id', `${name}-${part}`);
        child.textContent = text;
        svg.insertBefore(child, before);
      }
      return trusted(svg.outerHTML);
    },
    ornament: (options) => {
      const svg = drawn(options);
      svg.setAttribute('aria-hidden', 'true');
      return trusted(svg.outerHTML);
    },
  };
}

/** A drawing as a file of its own: no page around it gives it a colour or letters. */
export function standalone({ html }: Html, color: string): string {
  const own = { xmlns: namespace, color, 'font-family': 'system-ui, sans-serif', 'font-size': '13' };
  const given = Object.entries(own).filter(([name]) => !new RegExp(`^<svg[^>]*\\s${name}=`).test(html));
  return html.replace('<svg ', `<svg ${given.map(([name, value]) => `${name}="${value}" `).join('')}`);
}

async function loadPackages(): Promise<{ plot: Plot; document: unknown }> {
  const [plot, linkedom] = await Promise.all([
    importFirst('@finetooth/plot', '@observablehq/plot') as Promise<Plot>,
    importFirst('@finetooth/linkedom', 'linkedom') as Promise<Linkedom>,
  ]);
  return { plot, document: linkedom.parseHTML('<html></html>').document };
}
