import { describe, expect, it } from 'vitest';
import type { Reranker } from '../rerank/reranker.ts';
import { parsePipelines } from '../search/pipeline.ts';
import { checkRerankers } from './pipelines.ts';

const mine: Reranker = { fingerprint: 'mine@1', score: async (_, list) => ({ scores: new Float32Array(list.length) }) };
const naming = (reranker: string) => parsePipelines({ name: 'p', reranker }, 'p.json');

describe('the names of rerankers in a pipeline', () => {
  it('may be those of the caller, whatever they look like', () => {
    expect(() => checkRerankers(naming('mine:2'), { 'mine:2': mine })).not.toThrow();
    expect(() => checkRerankers(naming('mine:2'))).toThrow('mine');
  });

  it('may be a folder in the folder of models, as where they are typed', () => {
    expect(() => checkRerankers(naming('tuned'), {}, { modelsFolder: './models' })).not.toThrow();
    expect(() => checkRerankers(naming('tuned'), {}, {})).toThrow('there is no reranker "tuned"');
  });
});
