import { describe, expect, it } from 'vitest';
import { defaultPipeline, parsePipeline, parsePipelines } from './pipeline.ts';

describe('a pipeline', () => {
  it('needs only a name; the rest is as in search', () => {
    expect(parsePipeline({ name: 'default' }, 'f')).toEqual(defaultPipeline);
  });

  it('takes one reranker, several, or none', () => {
    expect(parsePipeline({ name: 'a', reranker: 'late-interaction' }, 'f').reranker).toEqual(['late-interaction']);
    expect(parsePipeline({ name: 'a', reranker: ['default', 'late-interaction'] }, 'f').reranker).toEqual(['default', 'late-interaction']);
    expect(parsePipeline({ name: 'a', reranker: null }, 'f').reranker).toBeNull();
    expect(parsePipeline({ name: 'a', denseWeight: 0, top: 3, rankFields: ['title'] }, 'f')).toMatchObject({
      denseWeight: 0,
      top: 3,
      rankFields: ['title'],
    });
  });

  it.each([
    [{ candidates: 10 }, 'f: a pipeline needs a "name"; got undefined.'],
    [{ name: 'a', canditates: 10 }, 'f: a pipeline has no "canditates", did you mean "candidates"; it has name, candidates'],
    [{ name: 'a', candidates: 0 }, 'f, pipeline "a": "candidates" is a whole number from 1 to 10000; got 0.'],
    [{ name: 'a', candidates: '100' }, 'f, pipeline "a": "candidates" is a whole number from 1 to 10000; got "100".'],
    [
      { name: 'a', firstStage: 'splade' },
      'f, pipeline "a": "firstStage" is one of dense, bm25, hybrid, late-interaction, sparse, sparse+dense, sparse+bm25, sparse+bm25+dense; got "splade".',
    ],
    [{ name: 'a', denseWeight: 2 }, 'f, pipeline "a": "denseWeight" is a number from 0 to 1; got 2.'],
    [{ name: 'a', reranker: [] }, 'f, pipeline "a": "reranker" is a list of texts, or one text, or null; got an empty list.'],
    [{ name: 'a', reranker: 3 }, 'f, pipeline "a": "reranker" is a list of texts, or one text, or null; got 3.'],
    [{ name: 'a', calibration: 3 }, 'f, pipeline "a": "calibration" is a text; got 3.'],
    [{ name: 'a', calibration: 'fit.json', reranker: null }, 'f, pipeline "a": "calibration" is for a reranker, and "reranker" is none.'],
    [{ name: 'a', minScore: 0.5, reranker: null }, 'f, pipeline "a": "minScore" needs probabilities'],
    [{ name: 'a', filter: { year: { above: 3 } } }, 'f, pipeline "a": the filter of "year" has "above"; it takes equals'],
    [{ name: 'a', filter: 'year is 3' }, 'f, pipeline "a": the filter is not understood at column 6'],
    [{ name: 'a', rankFields: 'title' }, 'f, pipeline "a": "rankFields" is a list of texts; got "title".'],
    ['dense', 'f: a pipeline is an object such as {"name": "reranked", "candidates": 100}; got "dense".'],
  ])('refuses %j', (value, sentence) => {
    expect(() => parsePipeline(value, 'f')).toThrow(sentence);
  });

  it('comes alone or in a list', () => {
    expect(parsePipelines({ name: 'a' }, 'f')).toHaveLength(1);
    expect(parsePipelines([{ name: 'a' }, { name: 'b' }], 'f')).toHaveLength(2);
    expect(() => parsePipelines([{ name: 'a' }, {}], 'f')).toThrow('f, entry 2: a pipeline needs a "name"');
    expect(() => parsePipelines([], 'f')).toThrow('f: it holds no pipeline.');
  });
});
