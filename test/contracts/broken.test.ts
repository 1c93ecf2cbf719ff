import { describe, expect, it, vi } from 'vitest';
import type { ContractCase } from '../../src/contracts/contract-case.ts';
import { embedderContract } from '../../src/contracts/embedder.ts';
import { rerankerContract, rerankerWrapperContract } from '../../src/contracts/reranker.ts';
import type { Embedder, Reranker, Store } from '../../src/index.ts';
import type { Candidate, Scores } from '../../src/rerankers.ts';
import { storeContract } from '../../src/store/contract/contract.ts';
import { documentTest, memoryStore } from '../../src/stores.ts';
import { hashEmbedder, SIZE } from '../hash-embedder.ts';

/** Names of the cases that fail, with their sentences. */
const failuresOf = async (cases: readonly ContractCase[]): Promise<Readonly<Record<string, string>>> => {
  const failed: Record<string, string> = {};
  for (const { name, run } of cases)
    await run().catch((error: unknown) => {
      failed[name] = (error as Error).message;
    });
  return failed;
};

const lengthOf = ({ text }: { readonly text: string }): number => text.length;
const good: Reranker = { fingerprint: 'good@1', score: async (_, list) => ({ scores: Float32Array.from(list, lengthOf) }) };
const giving = (change: (scores: Float32Array) => Partial<Scores>): Reranker => ({
  ...good,
  score: async (_, list) => {
    const scores = Float32Array.from(list, lengthOf);
    return { scores, ...change(scores) };
  },
});
const kept = new Float32Array(9);
const rerankers: Readonly<Record<string, readonly [() => Reranker, caseName: string, sentence: RegExp]>> = {
  'sorts its answer': [
    () => giving((scores) => ({ scores: scores.toSorted() })),
    'scores in input order, each candidate whatever else is in the list',
    /"good@1" scored candidate 0 in the list turned round 59, and 45 before/,
  ],
  'depends on the list': [
    () => giving((scores) => ({ scores: scores.map((score) => score / Math.max(...scores)) })),
    'scores in input order, each candidate whatever else is in the list',
    /says kind: 'listwise'/,
  ],
  'gives one score too few': [
    () => giving((scores) => ({ scores: scores.slice(1) })),
    'gives one finite score for each candidate',
    /asked for 1 scores, it gave 0/,
  ],
  'gives a score that is not finite': [
    () => giving((scores) => ({ scores: scores.map(() => Number.NaN) })),
    'gives one finite score for each candidate',
    /score 0 is NaN, which is not finite/,
  ],
  'fails for an empty list': [
    () => ({ ...good, score: async (query, list) => (list.length === 0 ? Promise.reject(new Error('nothing')) : good.score(query, list)) }),
    'gives an empty list for an empty list',
    /nothing/,
  ],
  'fails for an empty text': [
    () => giving((scores) => ({ scores: scores.map((score) => (score === 0 ? Number.POSITIVE_INFINITY : score)) })),
    'scores a text without words',
    /score 0 is Infinity/,
  ],
  'sorts what it was given': [
    () => ({
      ...good,
      score: async (query, list) =>
        good.score(
          query,
          (list as (typeof list)[number][]).sort((a, b) => lengthOf(a) - lengthOf(b)),
        ),
    }),
    'changes nothing that it was given',
    /changed the candidates that it was given/,
  ],
  'gives one array again and again': [
    () =>
      giving((scores) => {
        kept.set(scores);
        return { scores: kept.subarray(0, scores.length) };
      }),
    'keeps nothing that it gave',
    /gave the same array twice/,
  ],
  'has no fingerprint': [() => ({ ...good, fingerprint: ' ' }), 'has a fingerprint that stays', /is a text; got " "/],
  'has a fingerprint of its moment': [
    () => ({ ...good, fingerprint: String(Math.random()) }),
    'has the same fingerprint each time it is made',
    /have different fingerprints/,
  ],
  'calls itself complete when it is not': [
    () => ({
      ...good,
      keepsDeadline: true,
      score: async (query, list, { deadlineMs } = {}) => ({ ...(await good.score(query, list)), complete: deadlineMs === undefined }),
    }),
    'says truthfully whether it came to every candidate',
    /complete with time enough, or without a deadline, not both/,
  ],
  'tells scores on the way that are not sound': [
    () => ({
      ...good,
      score: async (query, list, { onScores } = {}) => {
        onScores?.({ scores: new Float32Array(0) });
        return good.score(query, list);
      },
    }),
    'says truthfully whether it came to every candidate',
    /asked for 4 scores, it gave 0/,
  ],
  'hides the reason of a signal': [
    () => ({
      ...good,
      score: async (query, list, { signal } = {}) => (signal?.aborted ? Promise.reject(new Error('oh')) : good.score(query, list)),
    }),
    'ends with the reason of its signal, or with an answer',
    /raised before the call, ended with an error that is not the signal's reason: Error: oh/,
  ],
  'mixes up calls that meet': [
    () => {
      let last: readonly Candidate[] = [];
      return {
        ...good,
        score: async (query, list) => {
          last = list;
          await new Promise(setImmediate);
          return good.score(
            query,
            list.map((_, i) => last[i] ?? (list[i] as Candidate)),
          );
        },
      };
    },
    'gives calls that meet what it gives them one by one',
    /candidate 0 of call 0, asked beside other calls/,
  ],
  'has a relevance that falls as the score rises': [
    () => giving((scores) => ({ relevance: scores.map((score) => 1 / (1 + score)) })),
    'gives one finite score for each candidate',
    /"good@1" gave the score 59 the relevance 0\.0\d+, and the lower score 45 the higher 0\.0/,
  ],
  'is of a kind that there is not': [
    () => ({ ...good, kind: 'pairwise' as never }),
    'scores in input order, each candidate whatever else is in the list',
    /"good@1" is of the kind "pairwise"; it is pointwise or listwise/,
  ],
  'counts less than nothing': [
    () => giving(() => ({ usage: { tokens: -1 } })),
    'counts what it used as numbers from 0 on',
    /used -1 of "tokens"/,
  ],
  'explains without names': [
    () => ({ ...good, explain: async () => [{ name: '' }] }),
    'explains by stages that have names, where it explains',
    /has no name/,
  ],
  'answers after it was closed': [
    () => ({ ...good, close: async () => {} }),
    'refuses calls once it is closed, where it closes',
    /answered a call after it was closed/,
  ],
};

describe('the contract of rerankers', () => {
  it('takes one that keeps it', async () => expect(await failuresOf(rerankerContract(() => good))).toEqual({}));

  it.each(Object.entries(rerankers))('refuses one that %s', async (_, [make, name, sentence]) => {
    expect((await failuresOf(rerankerContract(make)))[name]).toMatch(sentence);
  });

  it('does not fall over one that tells scores after its answer', async () => {
    let told = 0;
    const late: Reranker = {
      ...good,
      score: async (query, list, { onScores } = {}) => {
        setImmediate(() => {
          onScores?.({ scores: new Float32Array(0) });
          told++;
        });
        return good.score(query, list);
      },
    };
    await failuresOf(rerankerContract(() => late));
    await vi.waitFor(() => expect(told).toBeGreaterThan(0));
  });

  it('refuses a wrapper that goes past what it wraps and leaves it open', async () => {
    const failed = await failuresOf(rerankerWrapperContract((inner) => ({ ...good, keepsDeadline: true, fingerprint: inner.fingerprint })));
    expect(failed['is asked by its own function when it is decorated']).toBeUndefined();
    expect(Object.keys(failed)).toEqual([
      'asks the one inside as it is decorated',
      'is in time when the one inside never answers, and when it never loads',
      'closes the one inside',
    ]);
  });
});

const hash = hashEmbedder();
const embedding = (change: (data: Float32Array, count: number) => void): Embedder => ({
  ...hash,
  embed: async (texts, role, options) => {
    const vectors = await hash.embed(texts, role, options);
    change(vectors.data, texts.length);
    return vectors;
  },
});
const shared = new Float32Array(16 * SIZE);
const embedders: Readonly<Record<string, readonly [() => Embedder, caseName: string, sentence: RegExp]>> = {
  'gives vectors of another length': [
    () => embedding((data) => void data.forEach((value, i) => void (data[i] = value * 2))),
    'gives each text one vector of length 1',
    /vector 0 has length 2\.0000/,
  ],
  'has another number of dimensions than it says': [
    () => ({ ...hash, dimensions: 3 }),
    'gives each text one vector of length 1',
    /asked for 1 × 3 numbers, it gave 1 × 16/,
  ],
  'depends on its batch': [
    () => embedding((data, count) => void (count > 1 && data.subarray(0, SIZE).reverse())),
    'gives a text one vector, whatever else is in the call and wherever it stands',
    /gave document 0 alone another vector/,
  ],
  'fails for an empty text': [
    () => ({
      ...hash,
      embed: async (texts, ...more) => (texts.includes('') ? Promise.reject(new Error('empty')) : hash.embed(texts, ...more)),
    }),
    'embeds a text without words like any other',
    /empty/,
  ],
  'sorts what it was given': [
    () => ({ ...hash, embed: (texts, ...more) => hash.embed((texts as string[]).sort(), ...more) }),
    'changes nothing that it was given',
    /changed the texts that it was given/,
  ],
  'keeps the memory that it gave': [
    () => {
      let isFirst = true;
      return {
        ...hash,
        embed: async (texts, ...more) => {
          const vectors = await hash.embed(texts, ...more);
          if (isFirst) shared.set(vectors.data);
          isFirst = false;
          return { ...vectors, data: shared.subarray(0, vectors.data.length) };
        },
      };
    },
    'keeps nothing that it gave',
    /vector 0 has length|gave the same texts, after their first vectors were overwritten, another vector/,
  ],
  'gives fewer counts than texts': [
    () => ({ ...hash, embed: async (...asked) => ({ ...(await hash.embed(...asked)), tokens: new Uint32Array(7) }) }),
    'gives each text one vector of length 1',
    /gave 7 of "tokens" for 1 texts/,
  ],
  'says that it has token vectors, and gives none': [
    () => ({ ...hash, tokenSize: SIZE, embed: (texts, role) => hash.embed(texts, role) }),
    'gives token vectors of whole tokens, where it has them',
    /asked for the token vectors of 4 texts, it gave none/,
  ],
};

describe('the contract of embedders', () => {
  it.each(Object.entries(embedders))('refuses one that %s', async (_, [make, name, sentence]) => {
    expect((await failuresOf(embedderContract(make)))[name]).toMatch(sentence);
  });
});

const stores: Readonly<Record<string, readonly [(whole: Store) => Partial<Store>, caseName: string, sentence: RegExp]>> = {
  'applies a filter after its limit': [
    (whole) => ({
      search: async (query) => {
        const fits = query.filter === undefined ? () => true : documentTest(query.filter);
        return (await whole.search({ ...query, fields: ['document'], filter: undefined })).filter(({ document }) =>
          fits(document),
        ) as never;
      },
    }),
    'gives what the reference gives under filters drawn at random, on fields of any name and any value',
    /the best \d+ that fit/,
  ],
  'keeps the first of two entries of one id': [
    (whole) => ({ upsert: (entries) => whole.upsert(entries.toReversed()) }),
    'takes the last of several entries of one id',
    /hashes/,
  ],
  'ignores a raised signal': [
    (whole) => ({ search: ({ signal: _, ...query }) => whole.search(query as never) }),
    'stops for a signal, with its reason',
    /Missing expected rejection/,
  ],
  'counts everything under a filter': [
    (whole) => ({ count: () => whole.count() }),
    'agrees with itself under many writes at random',
    /count of a filter/,
  ],
  'counts values whatever the filter': [
    (whole) => ({ facets: (fields, { filter: _, ...options }) => whole.facets(fields, options) }),
    'counts as the reference does under filters drawn at random, and as many as a filter of the value finds',
    /facets of \{"filter"/,
  ],
  'counts values that are equally frequent in the order that they come': [
    (whole) => ({
      facets: async (fields, options) => {
        const facets = await whole.facets(fields, options);
        return facets.map((facet) => ({ ...facet, values: facet.values.toReversed().sort((a, b) => b.count - a.count) }));
      },
    }),
    'counts the values of a field, the most frequent first, each once per document',
    /facets/,
  ],
  'brings fields that were not named': [
    (whole) => ({ get: (ids) => whole.get(ids, ['hash', 'vector']) as never }),
    'gives the fields that are named and no others',
    /names of what comes when no field is asked for/,
  ],
};

describe('the contract of stores', () => {
  it.each(Object.entries(stores))('refuses one that %s', async (_, [change, name, sentence]) => {
    const make = (): Store => {
      const whole = memoryStore();
      return { ...whole, ...change(whole) };
    };
    expect((await failuresOf(storeContract(make)))[name]).toMatch(sentence);
  });
});
