/** Milliseconds of each stage of a search. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collection } from '../../results/collections.ts';
import { type FirstStage, openIndex, readDocuments, type SearchIndex, search as searchIndex, type Timings } from '../../src/index.ts';
import { fixed, quantile, type Table, times, type Workload } from '../report.ts';
import { textsOfTokens } from '../texts.ts';

const DOCUMENTS = 1000;
const DOCUMENT_TOKENS = 80;
const QUERIES = 50;
const QUERY_TOKENS = 9;
const stages: readonly (keyof Timings)[] = ['embed', 'retrieve', 'rerank', 'total'];
const firstStages: readonly FirstStage[] = ['dense', 'bm25', 'hybrid'];

interface Measured {
  readonly firstStage: FirstStage;
  readonly candidates: number;
  readonly timings: readonly Timings[];
}

/** First stages take turns query by query, so that what else runs on the machine meets all alike. */
const measure = async (
  index: SearchIndex,
  queries: readonly string[],
  candidates: number,
  say: (line: string) => void,
): Promise<Measured[]> => {
  const measured = firstStages.map((firstStage) => ({ firstStage, candidates, timings: [] as Timings[] }));
  for (const [at, query] of ['a first query to warm up', ...queries].entries()) {
    say(`${candidates} candidates: query ${at} of ${queries.length}`);
    for (const { firstStage, timings } of measured) {
      const answer = await searchIndex(index, query, { firstStage, candidates });
      if (at > 0) timings.push(answer.timings);
    }
  }
  return measured;
};

const tableOf = (title: string, measured: readonly Measured[]): Table => {
  const of = ({ timings }: Measured, stage: keyof Timings, share: number): number =>
    quantile(
      timings.map((one) => one[stage]),
      share,
    );
  return {
    title: `${title}: milliseconds, p50 / p95`,
    columns: ['candidates', 'first stage', ...stages, 'total / dense'],
    rows: measured.map((one) => {
      const dense = measured.find(({ firstStage, candidates }) => firstStage === 'dense' && candidates === one.candidates) as Measured;
      return [
        one.candidates,
        one.firstStage,
        ...stages.map((stage) => `${fixed(of(one, stage, 0.5))} / ${fixed(of(one, stage, 0.95))}`),
        times(of(one, 'total', 0.5), of(dense, 'total', 0.5)),
      ];
    }),
  };
};

export const search: Workload = {
  about: 'time of each stage of a search, default model and reranker',
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    const queries = textsOfTokens(QUERIES, QUERY_TOKENS, 2);
    const measured: Record<string, Measured[]> = {};
    try {
      say('building the index of generated documents');
      await using generated = await openIndex(join(folder, 'generated'), { create: true });
      await generated.add(textsOfTokens(DOCUMENTS, DOCUMENT_TOKENS).map((text, at) => ({ id: `${at}`, text })));
      const made = `${DOCUMENTS} generated documents of ${DOCUMENT_TOKENS} tokens`;
      measured[made] = [...(await measure(generated, queries, 25, say)), ...(await measure(generated, queries, 100, say))];
      const movies = collection('movies/movies.json');
      if (movies !== undefined) {
        say('building the index of films');
        await using films = await openIndex(join(folder, 'films'), { create: { fields: ['title', 'overview', 'tagline'] } });
        await films.addRead(readDocuments(movies));
        measured['movies.json'] = [...(await measure(films, queries, 25, say)), ...(await measure(films, queries.slice(0, 20), 100, say))];
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { tables: Object.entries(measured).map(([title, rows]) => tableOf(title, rows)), bars: [], raw: measured };
  },
};
