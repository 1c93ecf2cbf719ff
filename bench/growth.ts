/** docs/growth.svg: what the engines workload measured of first stages at each size, the last run of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCanvas, standalone } from '../src/eval/render/canvas.ts';
import { meanOf } from '../src/math/mean.ts';

interface Run {
  readonly workload: string;
  readonly raw: {
    readonly texts: number;
    readonly firstStages?: boolean;
    readonly loaded: Readonly<Record<string, { readonly clientSeconds: number; readonly serverSeconds: number; readonly bytes: number }>>;
    readonly measured: Readonly<
      Record<string, Readonly<Record<string, { readonly processor: readonly number[]; readonly recall: readonly number[] }>>>
    >;
  };
}

interface Point {
  readonly engine: string;
  readonly documents: number;
  readonly panel: string;
  readonly value: number;
}

/** Larger runs never had token vectors. */
const WITH_TOKENS = 100_000;

const runs = join(import.meta.dirname, 'runs');

/** The last run of each size, the smallest first. */
export function sizes(): readonly Run['raw'][] {
  const all = readdirSync(runs)
    .filter((name) => name.startsWith('engines-'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(runs, name), 'utf8')) as Run[])
    // With token vectors a document takes five times the disk, and none of the searches that are drawn reads them.
    .filter(({ raw }) => raw.firstStages ?? raw.texts > WITH_TOKENS);
  return [...new Map(all.map(({ raw }) => [raw.texts, raw])).values()].sort((a, b) => a.texts - b.texts);
}

const panels: readonly (readonly [string, (raw: Run['raw'], engine: string) => number | undefined])[] = [
  [
    'loading, ms of processor a document',
    ({ loaded, texts }, engine) => loaded[engine] && (1000 * (loaded[engine].clientSeconds + loaded[engine].serverSeconds)) / texts,
  ],
  ['disk, KB a document', ({ loaded, texts }, engine) => loaded[engine] && loaded[engine].bytes / texts / 1000],
  ...[
    ['dense', 'dense, ms of processor'],
    ['1 %', '1 % fit, ms of processor'],
    ['bm25', 'BM25, ms of processor'],
    ['hybrid', 'hybrid, ms of processor'],
  ].map(([way, title]): [string, (raw: Run['raw'], engine: string) => number | undefined] => [
    title as string,
    ({ measured }, engine) => {
      const one = measured[engine]?.[way as string];
      return one === undefined || one.processor.length === 0 ? undefined : meanOf(one.processor);
    },
  ]),
];

/** Colours that show on white and on black, since a picture does not know its page. */
const INK = '#767676';
const colours: Readonly<Record<string, string>> = { LanceDB: '#d1495b', Qdrant: '#2a9d8f', PostgreSQL: '#4a7fc1' };

const pointsOf = (all: readonly Run['raw'][]): readonly Point[] =>
  all.flatMap((raw) =>
    Object.keys(raw.loaded).flatMap((engine) =>
      panels.flatMap(([panel, of]): Point[] => {
        const value = of(raw, engine);
        return value === undefined ? [] : [{ engine, documents: raw.texts, panel, value }];
      }),
    ),
  );

const short = (documents: number): string => (documents >= 1e6 ? `${documents / 1e6} M` : `${documents / 1000} k`);

export const growthPicture = async (): Promise<string> => {
  const { plot, draw } = await openCanvas();
  const all = sizes();
  const points = pointsOf(all).map((point) => ({ ...point, at: panels.findIndex(([panel]) => panel === point.panel) }));
  const placed = points.map((point) => ({ ...point, across: point.at % 3, down: Math.floor(point.at / 3) }));
  const titles = panels.map(([panel], at) => ({ panel, across: at % 3, down: Math.floor(at / 3) }));
  const last = placed.filter(({ engine, panel, documents }) =>
    placed.every((other) => other.engine !== engine || other.panel !== panel || other.documents <= documents),
  );
  const facets = { fx: 'across', fy: 'down' } as const;
  const html = draw({
    name: 'growth',
    title: 'What a document and a search cost as an index grows',
    description: points
      .map(({ engine, documents, panel, value }) => `${engine}, ${documents} documents, ${panel}: ${value.toPrecision(3)}.`)
      .join(' '),
    options: {
      width: 900,
      height: 460,
      marginLeft: 60,
      marginRight: 84,
      marginTop: 28,
      marginBottom: 44,
      fx: { axis: null, padding: 0.3 },
      fy: { axis: null, padding: 0.2 },
      x: { type: 'log', ticks: all.map(({ texts }) => texts), tickFormat: short, label: 'documents →', labelAnchor: 'center' },
      y: { type: 'log', grid: true, label: null, ticks: 4, tickFormat: (value: number) => `${value}` },
      marks: [
        ...Object.entries(colours).flatMap(([engine, colour]) => {
          const own = placed.filter((point) => point.engine === engine);
          return [
            plot.line(own, { ...facets, x: 'documents', y: 'value', stroke: colour, strokeWidth: 1.5 }),
            plot.dot(own, { ...facets, x: 'documents', y: 'value', r: 3, fill: colour }),
            plot.text(
              // Elsewhere they lie upon each other; colours are the same everywhere.
              last.filter((point) => point.engine === engine && point.at === 0),
              { ...facets, x: 'documents', y: 'value', text: 'engine', dx: 6, textAnchor: 'start', fill: colour },
            ),
          ];
        }),
        plot.text(titles, { ...facets, frameAnchor: 'top-left', dy: -14, text: 'panel', fill: INK }),
      ],
    },
  });
  return `${standalone(html, INK)}\n`;
};
