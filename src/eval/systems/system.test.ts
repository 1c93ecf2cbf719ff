import { describe, expect, it } from 'vitest';
import type { Reranker } from '../../rerank/reranker.ts';
import { calibrated } from '../../rerank/wrappers/calibrated.ts';
import { cascade } from '../../rerank/wrappers/cascade.ts';
import { defaultPipeline } from '../../search/pipeline.ts';
import { parseMeasures } from '../measures/measure.ts';
import { measureSystem } from './measured.ts';
import { runSystemOver } from './run-system-over.ts';
import { runSystem } from './system.ts';

const ids = Array.from({ length: 60 }, (_, at) => `d${String(at).padStart(2, '0')}`);
const documents = new Map(ids.map((id, at) => [id, { text: `${at}` }]));

/** Likes high numbers, counts what it scores, and says what it costs. */
const counting = () => {
  const scored: string[] = [];
  const reranker: Reranker = {
    fingerprint: 'counting@1',
    score: async (_, candidates) => {
      scored.push(...candidates.map(({ id }) => id as string));
      return { scores: Float32Array.from(candidates, ({ text }) => Number(text)), usage: { tokens: candidates.length * 2, cost: 0.01 } };
    },
  };
  return { reranker, scored };
};
const run = { fingerprint: 'run@1', lists: new Map([['q', ids]]), document: (id: string) => documents.get(id) };
const pipeline = { ...defaultPipeline, name: 'p', candidates: 25 };

describe('a system over a run', () => {
  it("reranks the pipeline's candidates, and scores each document once for all cut-offs", async () => {
    const { reranker, scored } = counting();
    const system = runSystem(run, pipeline, ['text'], { reranker, cutOffs: [10, 25, 50, 100] });
    const answer = await system.answer('q', 'query', {});
    expect(answer.ranking.slice(0, 3)).toEqual(['d24', 'd23', 'd22']);
    expect(answer.ranking).toHaveLength(25);
    expect(answer.cutOffs[10]?.slice(0, 2)).toEqual(['d09', 'd08']);
    expect(answer.cutOffs[50]?.slice(0, 2)).toEqual(['d49', 'd48']);
    expect(answer.cutOffs[100]).toHaveLength(60);
    expect([...scored].sort()).toEqual(ids);
    // What the cut-offs need beyond the pipeline is not in its bill.
    expect(answer.usage).toEqual({ tokens: 50, cost: 0.01 });
    expect(answer.latency.total).toBeGreaterThanOrEqual(0);
  });

  it('ranks by several rerankers, the later ones the best 20 of the one before', async () => {
    const [first, second] = [counting(), counting()];
    const backwards: Reranker = {
      fingerprint: 'backwards@1',
      score: async (query, candidates, options) => {
        const { scores } = await second.reranker.score(query, candidates, options);
        return { scores: scores.map((score) => -score) };
      },
    };
    const system = runSystem(run, { ...pipeline, candidates: 60 }, ['text'], {
      reranker: cascade([first.reranker, backwards]),
      cutOffs: [],
    });
    const { ranking } = await system.answer('q', 'query', {});
    expect(ranking.slice(0, 2)).toEqual(['d40', 'd41']);
    expect(ranking.slice(19, 22)).toEqual(['d59', 'd39', 'd38']);
    expect(second.scored).toHaveLength(20);
  });

  it('fails a query whose documents are not there, and one whose reranker breaks its promise; the others go on', async () => {
    const lists = new Map([
      ['q', ids],
      ['gone', ['d00', 'nowhere']],
      ['broken', ids],
    ]);
    const { reranker } = counting();
    const broken: Reranker = {
      ...reranker,
      score: async (query, candidates, options) =>
        query === 'broken' ? { scores: new Float32Array(1) } : reranker.score(query, candidates, options),
    };
    const system = runSystem({ ...run, lists }, pipeline, ['text'], { reranker: broken, cutOffs: [10] });
    const done = await runSystemOver(system, ['q', 'gone', 'broken', 'silent'], (query) => (query === 'silent' ? undefined : query));
    expect(done.failures).toEqual([
      { query: 'gone', message: 'the run gives query "gone" the document "nowhere", which is not in the corpus.' },
      { query: 'broken', message: expect.stringContaining('the reranker "counting@1" broke its contract') },
      { query: 'silent', message: 'the judged query "silent" has no text among the queries.' },
    ]);
    const judgments = new Map(['q', 'gone', 'broken', 'silent'].map((query) => [query, new Map([['d24', 1]])]));
    const { evaluation, tokens, cost, cutOffs } = measureSystem(system, done, judgments, parseMeasures('RR'));
    expect([...(evaluation.values[0] as Float64Array)]).toEqual([1, 0, 0, 0]);
    expect([tokens, cost]).toEqual([50, 0.01]);
    expect([...(cutOffs.get(10)?.values[0] as Float64Array)]).toEqual([0, 0, 0, 0]);
    await expect(runSystemOver(system, ['gone'], () => 'gone')).rejects.toThrow('which is not in the corpus');
  });

  it('says whether stated probabilities come true, of the queries that are in the figures', async () => {
    const fit = { slope: 1, intercept: -50 };
    const { reranker } = counting();
    const judgments = new Map([
      ['q', new Map(ids.slice(50).map((id) => [id, 1]))],
      ['empty', new Map([['d00', 0]])],
    ]);
    const lists = new Map([...judgments.keys()].map((query) => [query, ids]));
    const over = async (one: Reranker, dropEmpty: boolean) => {
      const system = runSystem({ ...run, lists }, { ...pipeline, candidates: 60 }, ['text'], { reranker: one, cutOffs: [10] });
      const done = await runSystemOver(system, ['q', 'empty'], (query) => query);
      return measureSystem(system, done, judgments, parseMeasures('nDCG@10'), { dropEmpty }).reliability;
    };
    expect(await over(reranker, false)).toBeUndefined();
    const found = await over(cascade([reranker, calibrated(reranker, fit)], { keep: [60, 60] }), true);
    expect(found?.bins.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 6));
    expect(found?.bins.at(-1)).toMatchObject({ relevant: 1, stated: expect.closeTo(0.999, 2) });
    const both = await over(calibrated(cascade([reranker, reranker], { keep: [60, 60] }), fit), false);
    expect(both?.bins.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 12));
    expect(both?.calibrationError).toBeGreaterThan(found?.calibrationError as number);
  });

  it('stops at once when it is told to', async () => {
    const stopper = new AbortController();
    const system = runSystem(run, pipeline, ['text'], { reranker: null, cutOffs: [] });
    const asked: string[] = [];
    const textOf = (query: string): string => {
      asked.push(query);
      stopper.abort();
      return query;
    };
    const work = runSystemOver(system, ['q', 'r', 's'], textOf, { signal: stopper.signal });
    await expect(work).rejects.toMatchObject({ code: 'E_STOPPED' });
    expect(asked).toEqual(['q']);
  });
});
