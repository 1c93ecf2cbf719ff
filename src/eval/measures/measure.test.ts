import { describe, expect, it } from 'vitest';
import { defaultMeasures, parseMeasure, parseMeasures } from './measure.ts';

describe('parseMeasure', () => {
  it.each([
    ['nDCG@10', 'nDCG@10'],
    ['ndcg@10', 'nDCG@10'],
    ['nDCG', 'nDCG'],
    ["nDCG(dcg='exp-log2')@10", "nDCG(dcg='exp-log2')@10"],
    ['nDCG( dcg="exp-log2" )@10', "nDCG(dcg='exp-log2')@10"],
    ["nDCG(dcg='log2')@5", 'nDCG@5'],
    ['AP(rel=2)@100', 'AP(rel=2)@100'],
    ['AP(rel=1)', 'AP'],
    ['MAP', 'AP'],
    ['MRR@10', 'RR@10'],
    ['Recall@100', 'R@100'],
    ['Success@5', 'Success@5'],
    ['Judged@10', 'Judged@10'],
    ['Bpref(rel=2)', 'Bpref(rel=2)'],
    ['RBP', 'RBP'],
    ['RBP(p=0.8)', 'RBP'],
    ['RBP(p=0.5,rel=1)@20', 'RBP(p=0.5,rel=1)@20'],
  ])('reads %s as %s', (text, name) => {
    expect(parseMeasure(text).name).toBe(name);
    expect(parseMeasure(name)).toEqual(parseMeasure(text));
  });

  it.each([
    ['nDGC@10', /there are nDCG, .*; did you mean nDCG/],
    ['P', /P needs a cut-off, such as P@10/],
    ['Bpref@10', /takes no cut-off/],
    ['nDCG@0', /whole number from 1; got 0/],
    ['nDCG@ten', /whole number from 1; got ten/],
    ['AP(rel=0)', /rel is the least relevant grade/],
    ['RBP(p=1)', /p lies between 0 and 1; got 1/],
    ['nDCG(rel=2)@10', /nDCG takes dcg; got rel/],
    ["nDCG(dcg='burges')", /dcg is 'log2' or 'exp-log2'; got 'burges'/],
    ['Judged(rel=1)@10', /Judged takes no parameter; got rel/],
    ['', /is no measure/],
  ])('refuses %s', (text, sentence) => {
    expect(() => parseMeasure(text)).toThrow(sentence);
  });
});

describe('parseMeasures', () => {
  it('splits at commas outside brackets, and takes each measure once', () => {
    expect(parseMeasures('nDCG@10, RBP(p=0.5,rel=1), AP(rel=2)@100,ndcg@10').map(({ name }) => name)).toEqual([
      'nDCG@10',
      'RBP(p=0.5,rel=1)',
      'AP(rel=2)@100',
    ]);
    expect(parseMeasures(defaultMeasures)).toHaveLength(6);
    expect(() => parseMeasures(' ')).toThrow('it is empty');
  });
});
