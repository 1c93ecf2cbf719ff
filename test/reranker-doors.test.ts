import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FinetoothError, openIndex, type Reranker, readPipelines, type SearchAnswer, search, searchOptionsOf } from '../src/index.ts';
import type { Pipeline } from '../src/plan.ts';
import { probabilityOf } from '../src/rerank/calibration.ts';
import { type CalibrationFile, firstStageOrder, readCalibration } from '../src/rerankers.ts';
import { finetooth, workFolder } from './finetooth.ts';

const folder = workFolder();
const path = (name: string): string => join(folder, name);
const documents = [
  { id: 'a', text: 'A bat flies at night and hears where it is.' },
  { id: 'b', text: 'A quiet lake in the morning.' },
  { id: 'c', text: 'The night train leaves from the other side.' },
];
const question = 'animals that hunt in the dark';
const calibration = { slope: 2, intercept: 0.25 };
let fingerprint = '';

beforeAll(async () => {
  await using index = await openIndex(path('index'), { create: { fields: ['text'], idField: 'id' } });
  await index.add(documents);
  fingerprint = (await index.rerankerNamed(['late-interaction'])).fingerprint;
  const file: CalibrationFile = {
    format: 'finetooth-calibration-1',
    reranker: fingerprint,
    method: 'platt',
    calibration,
    fittedOn: { queries: 40, pairs: 1000, relevant: 100 },
  };
  writeFileSync(path('fit.json'), JSON.stringify(file));
  writeFileSync(path('documents.json'), JSON.stringify(documents));
  const named = { name: 'p', reranker: 'late-interaction', fallback: ['first-stage'] };
  writeFileSync(path('named.json'), JSON.stringify(named));
  writeFileSync(path('whole.json'), JSON.stringify({ ...named, calibration: path('fit.json') }));
  writeFileSync(path('default.json'), JSON.stringify({ name: 'p' }));
  writeFileSync(path('alone.json'), JSON.stringify({ name: 'p', reranker: 'late-interaction' }));
});

const asked = async (words: readonly string[]): Promise<SearchAnswer> => {
  const { status, stdout, stderr } = await finetooth([...words, '--top', '3', '--stages', '--json']);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('E_')]);
  return JSON.parse(stdout) as SearchAnswer;
};
const searchWith = (...words: string[]) => asked(['search', question, '--in', path('index'), ...words]);
const fit = ['--calibration', path('fit.json')];
const chain = ['--fallback', 'first-stage'];

/** Every door that takes a reranker, each told the same: late interaction, calibrated, with the first stage's order as its fallback. */
const doors: Readonly<
  Record<string, () => Promise<Pick<SearchAnswer, 'rankedBy' | 'fingerprint' | 'calibrated' | 'complete' | 'results'>>>
> = {
  'search by flags': () => searchWith('--reranker', 'late-interaction', ...fit, ...chain),
  'a pipeline file, with a flag': () => searchWith('--pipeline', path('named.json'), ...fit),
  'a pipeline file alone': () => searchWith('--pipeline', path('whole.json')),
  'a pipeline file, with flags': () => searchWith('--pipeline', path('alone.json'), ...fit, ...chain),
  'a pipeline file that leaves the reranker to a flag': () =>
    searchWith('--pipeline', path('default.json'), '--reranker', 'late-interaction', ...fit, ...chain),
  'rerank by flags': () => asked(['rerank', question, path('documents.json'), '--reranker', 'late-interaction', ...fit, ...chain]),
  openIndex: async () => {
    const settings = { fallback: ['first-stage'], calibration: path('fit.json') };
    await using index = await openIndex(path('index'), { reranker: 'late-interaction', ...settings });
    return await search(index, question, { top: 3, stages: true });
  },
  rerankerNamed: async () => {
    await using index = await openIndex(path('index'));
    const settings = { fallback: ['first-stage'], calibration: await readCalibration(path('fit.json')) };
    const reranker = await index.rerankerNamed(['late-interaction'], settings);
    return await search(index, question, { top: 3, stages: true, reranker });
  },
  'default of an index that has a reranker': async () => {
    await using index = await openIndex(path('index'), { reranker: 'late-interaction', fallback: ['first-stage'] });
    const reranker = await index.rerankerNamed(['default'], { calibration: path('fit.json') });
    return await search(index, question, { top: 3, stages: true, reranker });
  },
  searchOptionsOf: async () => {
    await using index = await openIndex(path('index'));
    const [pipeline] = await readPipelines([path('whole.json')]);
    return await search(index, question, { ...(await searchOptionsOf(pipeline as Pipeline, index)), top: 3, stages: true });
  },
};

describe('the same reranker', () => {
  it.each(Object.entries(doors))('by %s', async (_, ask) => {
    const { rankedBy, fingerprint: by, calibrated, complete, results } = await ask();
    expect({ by, calibrated, complete }).toEqual({ by: fingerprint, calibrated: true, complete: true });
    expect(rankedBy).toMatch(/^(default|late-interaction)$/);
    for (const { relevanceScore, stages } of results)
      expect(relevanceScore).toBeCloseTo(probabilityOf(stages?.[0] as number, calibration), 5);
    expect(results[0]?.id).toBe('a');
  });

  it.each([
    ['search by flags', ['search', question, '--in', path('index'), '--reranker', 'default']],
    ['a pipeline file', ['search', question, '--in', path('index'), '--pipeline', path('default.json')]],
    ['rerank by flags', ['rerank', question, path('documents.json')]],
  ])('by %s refuses the calibration of another before anything is kept', async (_, words) => {
    const { status, stderr } = await finetooth([...words, ...fit, ...chain, '--score-cache', path('scores')]);
    expect([status, stderr]).toEqual([expect.any(Number), expect.stringMatching(/^E_FINGERPRINT: .*with "first-stage" as fallback/)]);
    expect(existsSync(path('scores'))).toBe(false);
  });
});

describe('what is put around a reranker', () => {
  const none = { reranker: null, embedder: null };

  it.each(['fallback', 'calibration', 'scoreCache'] as const)('%s is refused where there is no reranker', async (name) => {
    const value = name === 'fallback' ? ['first-stage'] : path(name);
    await expect(openIndex(path('index'), { ...none, [name]: value })).rejects.toThrow(`${name} is for a reranker, and there is none`);
  });

  it('keeps scores of each stage, of the fallback too, in the folder that the index was given', async () => {
    const count = { first: 0, second: 0 };
    const counting = (name: 'first' | 'second', fails = false): Reranker => ({
      fingerprint: `${name}@1`,
      score: async (_, candidates) => {
        if (fails) throw new FinetoothError('E_VENDOR_DOWN', 'down.');
        count[name] += candidates.length;
        return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
      },
    });
    for (let times = 0; times < 2; times++) {
      await using index = await openIndex(path('index'), {
        reranker: counting('first', true),
        fallback: [counting('second')],
        scoreCache: path('kept'),
      });
      const answer = await search(index, question);
      expect([answer.rankedBy, answer.results.length]).toEqual(['second@1', 3]);
    }
    expect(count).toEqual({ first: 0, second: 3 });
  });

  it('closes with the index what it was given, once, and nothing that a pipeline names of the caller', async () => {
    const closed: string[] = [];
    const mine = (name: string): Reranker => ({ ...firstStageOrder(), fingerprint: name, close: async () => void closed.push(name) });
    const index = await openIndex(path('index'), { reranker: mine('given'), scoreCache: path('kept') });
    const named = await index.rerankerNamed([mine('named')], { fallback: [mine('behind')] });
    await named.close?.();
    await index.close();
    expect(closed).toEqual(['given']);
  });
});
