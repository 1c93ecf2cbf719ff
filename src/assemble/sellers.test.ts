import { describe, expect, it } from 'vitest';
import { vendors } from '../hosted/vendors/index.ts';
import { sellerOf } from './sellers.ts';

describe('who sells a model', () => {
  it('is known of every name of every vendor', () => {
    const names = vendors
      .filter(({ keyless }) => keyless !== true)
      .flatMap(({ models }) =>
        models.flatMap(({ task, name, alsoKnownAs = [] }) => [name, ...alsoKnownAs].map((one) => [task, one] as const)),
      );
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter(([task, name]) => sellerOf(task, name) === undefined)).toEqual([]);
    expect(names.filter(([task, name]) => sellerOf(task, name.toUpperCase()) === undefined)).toEqual([]);
  });

  it.each([
    ['embed', 'BAAI/bge-base-en-v1.5', 'together'],
    ['rerank', 'cohere/rerank-v3.5', 'cohere'],
    ['rerank', 'voyageai/rerank-2.5', 'voyage'],
    ['rerank', 'jinaai/jina-reranker-v1-tiny-en', 'jina'],
    ['rerank', 'mxbai-rerank-xsmall-v1', 'mixedbread'],
    ['embed', 'voyage-context-3', 'voyage'],
    ['rerank', 'Cohere-rerank-v4.0-pro', 'cohere'],
    ['rerank', 'cohere.rerank-v3-5:0', 'bedrock'],
    ['embed', 'gemini-embedding-001', 'google'],
    ['embed', 'mistral-embed', 'mistral'],
    ['rerank', 'zerank-2', 'zeroentropy'],
    ['rerank', 'rerank-v9', 'cohere'],
    ['rerank', 'voyage/rerank-9', 'cohere'],
    ['embed', 'Voyage-9-lite', 'voyage'],
    ['embed', 'rerank-v3.5', undefined],
    ['rerank', 'acme/rerank-v3.5', undefined],
    ['embed', 'nomic-embed-text', undefined],
    ['rerank', 'default', undefined],
  ] as const)('%s %s: %s', (task, name, vendor) => expect(sellerOf(task, name)).toBe(vendor));
});
