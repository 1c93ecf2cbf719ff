import { expect, it } from 'vitest';
import { rerankerName } from './reranker-name.ts';

it.each([
  ['late-interaction-1(bge-small-en-v1.5@int8:68807e3ff2ab:22d2f503)', 'late interaction on bge-small-en-v1.5'],
  [
    'cascade(late-interaction-1(bge@int8:68:22) of all > cross-encoder-1(ms-marco@int8:4c:5b) 1.5 × late interaction, standardised of 20)',
    'late interaction on bge, then cross encoder on ms-marco',
  ],
  ['cohere:rerank-v3.5 in parts of 4000', 'cohere:rerank-v3.5'],
  [
    'cascade(cohere:rerank-v3.5 in parts of 4000 of all > openai:gpt-5-mini listwise of 20 by 10, 1000 tokens of 20)',
    'cohere:rerank-v3.5, then openai:gpt-5-mini',
  ],
  ['my-own@1', 'my-own@1'],
])('%s is %s', (fingerprint, words) => {
  expect(rerankerName(fingerprint)).toBe(words);
});
