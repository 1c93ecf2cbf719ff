/** docs/results.md, made from what is published here and what others published. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { qualityTable } from './quality-table.ts';
import { about as aboutReliability, levelsTable, reliabilityTable } from './reliability.ts';
import type { Published } from './run.ts';

interface Other {
  readonly workload: string;
  readonly system: string;
  readonly value: number;
  readonly source: string;
}
export interface Described {
  readonly title: string;
  readonly about: string;
  /** The data had been looked at when the ranking recipe was chosen. */
  readonly seen?: boolean;
}

const read = <T>(name: string): T => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as T;

const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/^0/, ''));

const section = (
  workload: string,
  { title, about, seen }: Described,
  published: readonly Published[],
  others: readonly Other[],
): string => {
  const ours = published
    .filter((one) => one.workload === workload)
    .map(({ value, expected, tolerance, system = 'finetooth' }) => ({
      expected,
      row: `| ${system === 'supplied' ? `${value}, supplied run, scored here` : `**finetooth**, ${value}`} | ${figure(expected)} | ± ${tolerance} |`,
    }));
  const theirs = others
    .filter((one) => one.workload === workload)
    .map(({ system, value, source }) => ({ expected: value, row: `| ${system} | ${figure(value)} | published: ${source} |` }));
  const rows = [...ours, ...theirs].sort((a, b) => b.expected - a.expected).map(({ row }) => row);
  const mark = seen ? ' **Seen**: this collection had been looked at when the formula of the reranker was chosen.' : '';
  return `## ${title}\n\n${about}${mark} \`npm run results -- ${workload}\`\n\n| system | ${workload === 'guide' ? 'count' : 'nDCG@10'} | |\n|---|---|---|\n${rows.join('\n')}\n`;
};

/** What each collection is, by workload. */
export const describedCollections = (): Readonly<Record<string, Described>> => read('collections.json');

export const resultsPage = (): string => {
  const published = read<readonly Published[]>('published.json');
  const others = read<readonly Other[]>('others.json');
  const described = describedCollections();
  return `# Results

Made from \`results/\` by \`npm run docs\`. Every figure of ours is a line in [results/published.json](../results/published.json): workload, hash
of the data, expected value, tolerance. \`npm run results\` computes all of them anew and fails when one is off. The collections are not part of
the project: name their folder with \`FINETOOTH_COLLECTIONS\`. Figures of others stand beside ours with their source; they were not measured here, and their
candidate lists, corpora and tokenisers may differ. All is nDCG@10, the best first, losses beside gains.

- **late interaction**: token vectors that the index keeps, with the embedder's own weights; all 100 candidates.
- **cross-encoder**: ms-marco-MiniLM-L-12-v2 reads all 100 candidates.
- **default** or "reranked": late interaction over the 100, then the cross-encoder over up to 20 of the best, as long as it pays, which it may promote and never
  demotes.

## All in one table
The first three are first stages over the whole corpus, the others rerank the 100 best of \`dense\`, and on TREC DL the supplied BM25 lists. Bytes are
what is kept for a document beside its fields, milliseconds are medians of whole searches on two cores of one machine: both are means over the
collections and compare systems with each other. Weights and constants were fitted on training sets, forms were chosen on those marked "selection"
([decisions/0011](../decisions/0011-cascade.md)); all others were only looked at.

${qualityTable(published, described)}

![nDCG@10 against milliseconds](pareto.svg)

## Stated probabilities
Collections that had no part in the fit: the share of the pairs that is relevant, the probability that is stated on average, and the expected
calibration error. The pairs are the 100 best of the first stage for late interaction, and the 20 best of those for the others. What counts as
relevant is each collection's own word (grade 2 and up for TREC DL and the films), so that a probability fitted elsewhere can only be near it:
\`finetooth calibrate\` fits one to judgments of your own.

${reliabilityTable(described)}

![stated probability against the share that is relevant](reliability.svg)

Drawn is the default. ${aboutReliability}

Beside the number stands a word, which holds where the number does not: of the results that are called \`high\`, \`likely\` and \`unlikely\`, so many are
relevant. Collections whose judges found one answer a question (CoSQA, SciFact) have the lowest shares, those with dozens the highest.

${levelsTable(described)}

${Object.entries(described)
  .map(([workload, one]) => section(workload, one, published, others))
  .join('\n')}`;
};
