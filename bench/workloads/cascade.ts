/** The default cascade over the first 30 candidates of each judged query, beside the cross-encoder over all 30. */
import type { Reranker } from '../../src/index.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import { threads } from '../contenders/contender.ts';
import { openRankedPassages } from '../ranked-passages.ts';
import { fixed, quantile, type Table, type Workload } from '../report.ts';

const CANDIDATES = 30;
const ROUNDS = 3;
/** MiniSearch's figure for 30 passages through a 12-layer, 384-wide int8 model in Node; its lengths are not published. */
const AIM = 202;

export const cascadeBench: Workload = {
  about: `${CANDIDATES} candidates a query of TREC DL 2019, the default cascade, ${threads} threads`,
  run: async ({ say }) => {
    const { about, index, lists, fields, tokens } = await openRankedPassages(CANDIDATES, threads);
    try {
      const chosen = await index.rerankerNamed(['default']);
      const whole = await index.rerankerNamed(['ms-marco-minilm-l-12-v2']);
      const contenders: Readonly<Record<string, readonly [Reranker, boolean]>> = {
        'default cascade, stored token vectors': [chosen, true],
        'default cascade, fresh texts': [chosen, false],
        'cross-encoder over all': [whole, false],
      };
      await Promise.all([chosen.load?.(), whole.load?.()]);
      const taken: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
      for (let round = 0; round < ROUNDS; round++) {
        for (const [at, { query, candidates }] of lists.entries()) {
          say(`round ${round + 1} of ${ROUNDS}, query ${at + 1} of ${lists.length}`);
          for (const [name, [reranker, stored]] of Object.entries(contenders)) {
            const given = stored ? candidates : candidates.map(({ id, document }) => ({ id, document }));
            const started = performance.now();
            await rankCandidates(reranker, query, given, fields);
            taken[name]?.push(performance.now() - started);
          }
        }
      }
      const table: Table = {
        title: `${CANDIDATES} ${about}: milliseconds; the aim is a p50 under ${AIM}`,
        columns: ['', 'p50', 'p95'],
        rows: Object.entries(taken).map(([name, times]) => [name, fixed(quantile(times, 0.5), 0), fixed(quantile(times, 0.95), 0)]),
      };
      const lengths: Table = {
        title: 'tokens of a passage',
        columns: ['mean', 'p50', 'p95', 'longest'],
        rows: [
          [
            fixed(tokens.reduce((sum, count) => sum + count, 0) / tokens.length),
            fixed(quantile(tokens, 0.5), 0),
            fixed(quantile(tokens, 0.95), 0),
            Math.max(...tokens),
          ],
        ],
      };
      return { tables: [table, lengths], bars: [], raw: { about, taken, tokens } };
    } finally {
      await index.close();
    }
  },
};
