import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvalReport } from '../src/eval/report/report.ts';
import type { Reranker } from '../src/index.ts';
import { readCalibration, withCalibration } from '../src/rerankers.ts';
import { calibrate } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';

const folder = workFolder();
const path = (name: string): string => join(folder, name);

/** Scores a film by how many letters of the query are in it: enough to be fitted, no model needed. */
const letters: Reranker = {
  fingerprint: 'letters@1',
  score: async (query, candidates) => ({
    scores: Float32Array.from(candidates, ({ text }) => query.split(' ').filter((word) => text.toLowerCase().includes(word)).length),
  }),
};

describe('calibrate', () => {
  it('fits a reranker of the caller, and measures on queries that had no part in it', async () => {
    const efforts = new Set<unknown>();
    const reranker: Reranker = {
      ...letters,
      score: (query, candidates, options) => {
        efforts.add(options?.effort);
        return letters.score(query, candidates, options);
      },
    };
    const report = await calibrate({ data: 'films', fields: ['title', 'overview'], reranker, workFolder: path('work') });
    // As many of each list, whatever their scores.
    expect([...efforts]).toEqual([20]);
    expect(report).toMatchObject({ queries: 40, pairs: 1000, file: { reranker: 'letters@1', method: 'platt' } });
    expect(report.before).toBeUndefined();
    expect(report.heldOut.calibrationError).toBeLessThan(0.1);
    expect(report.heldOut.bins.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    const fitted = withCalibration(letters, report.file);
    const { relevance } = await fitted.score('bats at night', [{ text: 'a day' }, { text: 'bats at night' }]);
    expect(relevance?.[1]).toBeGreaterThan(relevance?.[0] as number);
    expect(() => withCalibration({ ...letters, fingerprint: 'other@2' }, report.file)).toThrow(
      'fitted for "letters@1"; the reranker is "other@2"',
    );
  });

  it('writes a file that a search takes, and refuses another', async () => {
    const common = ['--data', 'films', '--fields', 'title,overview,tagline', '--reranker', 'late-interaction', '--work', path('work')];
    const { status, stdout } = await finetooth(['calibrate', ...common, '--save', path('fit.json'), '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ before: { calibrationError: expect.any(Number) } });
    writeFileSync(path('two.json'), '[{"id": "a", "text": "a bat flies at night"}, {"id": "b", "text": "a quiet lake"}]');
    const search = ['rerank', 'bats', path('two.json'), '--reranker', 'late-interaction', '--calibration', path('fit.json'), '--json'];
    const found = JSON.parse((await finetooth(search)).stdout) as { results: { id: string; relevanceScore: number }[] };
    expect(found.results.map(({ id }) => id)).toEqual(['a', 'b']);
    const other = await finetooth(['rerank', 'bats', path('two.json'), '--calibration', path('fit.json')]);
    expect([other.status, other.stderr]).toEqual([expect.any(Number), expect.stringContaining('E_FINGERPRINT')]);
    const torn = { ...JSON.parse(readFileSync(path('fit.json'), 'utf8')), calibration: { slope: -1, intercept: 0 } };
    writeFileSync(path('torn.json'), JSON.stringify(torn));
    await expect(readCalibration(path('torn.json'))).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
  });

  it('writes a file that an evaluation reports on, for the pipelines that it was fitted for', async () => {
    const common = ['--data', 'films', '--fields', 'title,overview,tagline', '--work', path('work'), '--skip-checks', '--resamples', '100'];
    const pipelines = [
      { name: 'dense', reranker: null },
      { name: 'reranked', reranker: 'late-interaction' },
      { name: 'certain', reranker: 'late-interaction', calibration: path('certain.json') },
    ];
    const certain = { ...JSON.parse(readFileSync(path('fit.json'), 'utf8')), calibration: { slope: 1, intercept: 20 } };
    writeFileSync(path('certain.json'), JSON.stringify(certain));
    writeFileSync(path('pipelines.json'), JSON.stringify(pipelines));
    const words = ['eval', ...common, '--pipelines', path('pipelines.json'), '--calibration', path('fit.json'), '--cut-offs', 'none'];
    const { stdout, stderr } = await finetooth([...words, '--html', path('report.html'), '--json']);
    expect(stderr).toBe('');
    const { pipelines: found } = JSON.parse(stdout) as EvalReport;
    const [dense, reranked, sure] = found.map(({ reliability }) => reliability);
    expect(dense).toBeUndefined();
    expect(reranked?.calibrationError).toBeLessThan(0.05);
    expect(reranked?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    expect(sure?.calibrationError).toBeGreaterThan(0.5);
    expect(readFileSync(path('report.html'), 'utf8')).toContain('<h2 id="probabilities">');
    expect((await finetooth(words)).stdout).toMatch(/nDCG@10 .*calibration error .*p50/);
    const kept = [...words, '--score-cache', path('scores'), '--json'];
    const [first, again] = [JSON.parse((await finetooth(kept)).stdout), JSON.parse((await finetooth(kept)).stdout)] as [
      EvalReport,
      EvalReport,
    ];
    const steady = ({ pipelines: all }: EvalReport) => all.map(({ perQuery, reliability }) => ({ perQuery, reliability }));
    expect(steady(first)).toEqual(found.map(({ perQuery, reliability }) => ({ perQuery, reliability })));
    expect(steady(again)).toEqual(steady(first));
    // Late interaction over kept token vectors costs no more than a look-up, and is scored again.
    expect(again.pipelines[1]?.tokens).toBe(first.pipelines[1]?.tokens);
    expect(again.warnings.join()).toContain('scores were taken from a cache');
    writeFileSync(path('other.json'), JSON.stringify({ name: 'other', reranker: 'default' }));
    const other = await finetooth(['eval', ...common, '--pipelines', path('other.json'), '--calibration', path('fit.json')]);
    expect(other.stderr).toMatch(/^E_FINGERPRINT: the calibration was fitted for "late-interaction/);
    writeFileSync(path('none.json'), JSON.stringify(pipelines[0]));
    const none = await finetooth(['eval', ...common, '--pipelines', path('none.json'), '--calibration', path('fit.json')]);
    expect(none.stderr).toMatch(/^E_USAGE: --calibration is for a reranker, and there is none here/);
  });
});
