/** Lists of candidates to rerank: of one length each, and the passages of TREC DL 2019 as they come. */
import { join } from 'node:path';
import { collection } from '../results/collections.ts';
import { readCollection, readRun } from '../src/eval/index.ts';
import { inOrder } from '../src/eval/measures/judged-ranking.ts';
import { textOf } from '../src/text/recipe.ts';
import { randomFrom, textOfTokens, textsOfMixedLength } from './texts.ts';

export interface List {
  readonly query: string;
  readonly texts: readonly string[];
}

const QUERY_WORDS = 7;

/** Lists whose pairs have exactly so many tokens: query, text and three special ones. */
export const listsOfLength = (lists: number, candidates: number, tokens: number, seed = 1): readonly List[] => {
  const random = randomFrom(seed);
  return Array.from({ length: lists }, () => ({
    query: textOfTokens(QUERY_WORDS + 2, random),
    texts: Array.from({ length: candidates }, () => textOfTokens(tokens - QUERY_WORDS - 1, random)),
  }));
};

/** Where the passages of `passageLists` are from. */
export interface PassageLists {
  readonly about: string;
  readonly lists: readonly List[];
}

/** The first candidates of BM25 for queries of TREC DL 2019; without the collection, generated texts whose lengths spread alike. */
export const passageLists = async (lists: number, candidates: number): Promise<PassageLists> => {
  const folder = collection('msmarco-dl19');
  if (folder === undefined) {
    const texts = textsOfMixedLength(lists * candidates, { median: 70, spread: 0.45, seed: 3 });
    const random = randomFrom(4);
    return {
      about: 'generated texts of mixed length (the collection msmarco-dl19 is not here)',
      lists: Array.from({ length: lists }, (_, at) => ({
        query: textOfTokens(QUERY_WORDS + 2, random),
        texts: texts.slice(at * candidates, (at + 1) * candidates),
      })),
    };
  }
  const { documents, queries, judgments } = await readCollection(folder);
  const run = await readRun(join(folder, 'runs', 'BM25.top100.tsv.gz'));
  const asked = [...judgments.keys()].filter((query) => run.has(query)).slice(0, lists);
  return {
    about: 'passages of TREC DL 2019 as BM25 found them',
    lists: asked.map((query) => ({
      query: queries.get(query) as string,
      texts: inOrder(query, run.get(query) ?? { ids: [], scores: [] })
        .slice(0, candidates)
        .map(({ id }) => textOf(documents.get(id) ?? {}, ['title', 'text'])),
    })),
  };
};
