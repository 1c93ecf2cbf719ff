import type { Published } from './run.ts';

/** Columns of the table: what a collection's value is called, over the whole corpus and over a supplied first stage. */
export const systems = [
  { title: 'BM25', names: ['bm25', 'BM25'] },
  { title: 'dense', names: ['dense'] },
  { title: 'hybrid', names: ['hybrid'] },
  { title: 'late interaction', names: ['dense, late interaction', 'late interaction'] },
  { title: 'cross-encoder', names: ['dense, cross-encoder', 'cross-encoder'] },
  { title: 'default', names: ['dense, reranked', 'reranked'] },
] as const;

export type System = (typeof systems)[number];

/** Chosen on, not reported: variants of the engine were compared on these. */
const selection = ['wikiqa-dev', 'trecqa-dev'];

export const lineOf = (published: readonly Published[], workload: string, { names }: System): Published | undefined =>
  names.map((name) => published.find((one) => one.workload === workload && one.value === name)).find((one) => one !== undefined);

/** Collections that have a default, in the order that they were published in. */
export const measuredCollections = (published: readonly Published[]): readonly string[] => [
  ...new Set(published.filter(({ value }) => /(^|, )reranked$/.test(value)).map(({ workload }) => workload)),
];

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const figure = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4).replace(/^0/, ''));
const round = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** Where the default does not stand above BM25 and dense. */
const losses = (published: readonly Published[], workload: string): string => {
  const [bm25, dense, , , , chosen] = systems.map((system) => lineOf(published, workload, system)?.expected);
  const beaten = [...((bm25 ?? 0) >= (chosen ?? 0) ? ['BM25'] : []), ...((dense ?? 0) >= (chosen ?? 0) ? ['dense'] : [])];
  return beaten.length === 0 ? '' : `not above ${beaten.join(' and ')}`;
};

/** nDCG@10 of every first stage and tier on every collection, best in bold, and what each costs. */
export const qualityTable = (published: readonly Published[], titles: Readonly<Record<string, { readonly title: string }>>): string => {
  const collections = measuredCollections(published);
  const rows = collections.map((workload) => {
    const values = systems.map((system) => lineOf(published, workload, system)?.expected);
    const best = Math.max(...values.map((value) => value ?? 0));
    const cells = values.map((value) => (value === best ? `**${figure(value)}**` : figure(value)));
    const name = `${titles[workload]?.title ?? workload}${selection.includes(workload) ? ' (selection)' : ''}`;
    return `| ${[name, ...cells, losses(published, workload)].join(' | ')} |`;
  });
  const costRow = (title: string, read: (line: Published) => number | undefined): string => {
    const cells = systems.map((system) => {
      const found = collections.flatMap((workload) => {
        const line = lineOf(published, workload, system);
        const value = line === undefined ? undefined : read(line);
        return value === undefined ? [] : [value];
      });
      return found.length === 0 ? '' : round(mean(found));
    });
    return `| ${[title, ...cells, ''].join(' | ')} |`;
  };
  return [
    `| | ${systems.map(({ title }) => title).join(' | ')} | |`,
    `|---|${systems.map(() => '---').join('|')}|---|`,
    ...rows,
    costRow('milliseconds a query', ({ milliseconds }) => milliseconds),
    costRow('bytes a document', ({ bytes }) => bytes),
  ].join('\n');
};
