/** docs/reliability.svg and its table: how well the probabilities of the bundled rerankers hold on collections that had no part in their fit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCanvas, standalone } from '../src/eval/render/canvas.ts';

interface Bin {
  readonly pairs: number;
  /** Mean of the stated probabilities. */
  readonly predicted: number;
  /** Share that is relevant. */
  readonly relevant: number;
}

interface Fit {
  readonly fitted: boolean;
  readonly pairs: number;
  readonly relevant: number;
  readonly predicted: number;
  /** Expected calibration error over ten bins of equal width (Naeini et al., 2015). */
  readonly errorEqualWidth: number;
  readonly equalWidth: readonly Bin[];
}

type Rows = Readonly<Record<'late' | 'logit' | 'cascade', { readonly sets: Readonly<Record<string, Fit>> }>>;

const { rows, bins } = JSON.parse(readFileSync(join(import.meta.dirname, 'fits', 'calibration.json'), 'utf8')) as {
  readonly rows: Rows;
  readonly bins: number;
};

/** Neither fitted on nor chosen on. */
const selection = ['wikiqa-dev', 'trecqa-dev'];
const reported = Object.entries(rows.logit.sets)
  .filter(([set, { fitted }]) => !fitted && !selection.includes(set))
  .map(([set]) => set);

type Level = 'unlikely' | 'likely' | 'high';
const { levels } = JSON.parse(readFileSync(join(import.meta.dirname, 'fits', 'default.json'), 'utf8')) as {
  readonly levels: {
    readonly likelyFrom: number;
    readonly highFrom: number;
    readonly sets: Readonly<Record<string, Partial<Record<Level, { readonly pairs: number; readonly relevant: number }>>>>;
  };
};

/** Bins of fewer pairs say nothing. */
const FEWEST = 20;
const ACROSS = 4;
const INK = '#767676';
const SIGN = '#d1495b';

const percent = (value: number): string => `${Math.round(value * 100)} %`;
const figure = (value: number): string => value.toFixed(3).replace(/^0/, '');

type Titles = Readonly<Record<string, { readonly title: string }>>;
const titleOf = (set: string, titles: Titles): string => titles[set === 'films' ? 'sample' : set]?.title ?? set;

/** Of each reranker: how many of the pairs are relevant, what it states on average, and the expected calibration error. */
export const reliabilityTable = (titles: Titles): string => {
  const cells = ({ relevant, predicted, errorEqualWidth }: Fit): string =>
    `${percent(relevant)} | ${percent(predicted)} | ${figure(errorEqualWidth)}`;
  return [
    '| | late interaction: relevant | stated | error | cross-encoder: relevant | stated | error | default: relevant | stated | error |',
    `|---|${'---|'.repeat(9)}`,
    ...reported.map(
      (set) =>
        `| ${[titleOf(set, titles), ...(['late', 'logit', 'cascade'] as const).map((name) => cells(rows[name].sets[set] as Fit))].join(' | ')} |`,
    ),
  ].join('\n');
};

/** Of the default: what share of the pairs of each level is relevant. */
export const levelsTable = (titles: Titles): string => {
  const { likelyFrom, highFrom, sets } = levels;
  const cell = (set: string, level: Level): string => {
    const { pairs = 0, relevant = 0 } = sets[set]?.[level] ?? {};
    return pairs < FEWEST ? 'too few' : percent(relevant);
  };
  return [
    `| | unlikely, below ${likelyFrom} | likely | high, from ${highFrom} on |`,
    '|---|---|---|---|',
    ...[...reported, ...selection].map(
      (set) => `| ${[titleOf(set, titles), ...(['unlikely', 'likely', 'high'] as const).map((level) => cell(set, level))].join(' | ')} |`,
    ),
  ].join('\n');
};

/** Of the default, a panel a collection: stated against true. */
export const reliabilityPicture = async (titles: Titles): Promise<string> => {
  const { plot, draw } = await openCanvas();
  const panels = reported.map((set, at) => ({
    title: titleOf(set, titles)
      .replace('TREC Deep Learning', 'TREC DL')
      .replace(/,.*| \(.*/, ''),
    across: at % ACROSS,
    down: Math.floor(at / ACROSS),
    fit: rows.cascade.sets[set] as Fit,
  }));
  const points = panels.flatMap(({ across, down, fit }) =>
    fit.equalWidth
      .filter(({ pairs }) => pairs >= FEWEST)
      .map(({ predicted, relevant, pairs }) => ({ across, down, predicted, relevant, pairs })),
  );
  const corners = panels.flatMap(({ across, down }) => [0, 1].map((at) => ({ across, down, at })));
  const facets = { fx: 'across', fy: 'down' } as const;
  const html = draw({
    name: 'reliability',
    title: 'Stated probability and share that is relevant, of the default reranker',
    description: panels
      .map(
        ({ title, fit }) =>
          `${title}: states ${percent(fit.predicted)}, ${percent(fit.relevant)} are relevant, error ${figure(fit.errorEqualWidth)}.`,
      )
      .join(' '),
    options: {
      width: 900,
      height: 470,
      marginLeft: 60,
      marginRight: 28,
      marginTop: 28,
      marginBottom: 44,
      fx: { axis: null, padding: 0.24 },
      fy: { axis: null, padding: 0.16 },
      x: { domain: [0, 1], ticks: [0, 0.5, 1], tickFormat: percent, label: 'stated probability →', labelAnchor: 'center' },
      y: { domain: [0, 1], ticks: [0, 0.5, 1], tickFormat: percent, grid: true, label: '↑ relevant' },
      r: { domain: [0, 4000], range: [2.5, 7] },
      marks: [
        plot.line(corners, { ...facets, x: 'at', y: 'at', stroke: INK, strokeDasharray: '4,4', strokeOpacity: 0.6 }),
        plot.line(points, { ...facets, x: 'predicted', y: 'relevant', stroke: SIGN, strokeWidth: 1.5 }),
        plot.dot(points, { ...facets, x: 'predicted', y: 'relevant', r: 'pairs', fill: SIGN }),
        plot.text(panels, { ...facets, frameAnchor: 'top-left', dx: 6, dy: -2, text: 'title', fill: INK }),
      ],
    },
  });
  return `${standalone(html, INK)}\n`;
};

export const about = `Of ${bins} bins of equal width; a dot is a bin of at least ${FEWEST} pairs, the larger the more.`;
