import { z } from 'zod';
import { type Explanation, rerank, type SearchIndex, search } from '../../index.ts';
import { meetWords } from '../../wording/joined-words.ts';
import { titleOf } from '../../wording/location.ts';
import { relevanceOf, relevanceShape, rounded } from './found.ts';
import { indexNamed, indexShape } from './index-named.ts';
import { documentMissing, documentsNamed } from './named-documents.ts';
import { resourceUri } from './resource-uri.ts';
import { reading, tool } from './tool.ts';

/** Candidates among which the document is looked for, and pairs of words that are told of each text. */
const [CANDIDATES, MOST_WORDS] = [100, 10];

const output = z.looseObject({
  index: z.string(),
  query: z.string(),
  id: z.string(),
  uri: z.string(),
  title: z.string().optional(),
  rank: z.int().nullable().describe(`place among the ${CANDIDATES} best; null: it is not among them`),
  first_stage_rank: z.int().nullable().describe('place before reranking'),
  ...relevanceShape,
  fields: z
    .array(z.looseObject({ field: z.string(), ...relevanceShape }))
    .describe('what each field of the document gets when it is read alone'),
  words: z
    .array(z.looseObject({ word: z.string(), met: z.string().optional(), similarity: z.number(), of: z.string() }))
    .describe('words of the query and the words of the document nearest in meaning, the nearest first; similarity up to 1'),
  notes: z.array(z.string()).optional(),
});

export const explainTool = tool({
  name: 'explain',
  title: 'Explain a rank',
  description:
    'Say why one document stands where it stands for a query, or why a document that was expected is not found: its place before and after reranking, what each of its fields is worth alone, and which words met. Use it to debug a search or to justify an answer; it is slower than "search".',
  input: (names) =>
    z.strictObject({
      query: z.string().min(1).max(10_000),
      id: z.string().min(1).describe('of the document, as "search" gives it'),
      index: indexShape(names),
    }),
  output,
  annotations: reading,
  run: async ({ query, id, index: asked }, { signal, progress }, api) => {
    const name = await indexNamed(asked, api);
    return api.indexes.reading(name, async (index) => {
      const [document] = await documentsNamed(index, [id]);
      if (document === undefined) throw documentMissing(id, name);
      progress('searching');
      const placed = await api.shedder.admit(query.length, () =>
        search(index, query, { top: CANDIDATES, candidates: CANDIDATES, collapse: 'off', signal }),
      );
      const at = placed.results.find((one) => one.id === id);
      progress('reading the document');
      const alone = await explained(index, query, document, signal);
      const relevance = at ?? alone?.result;
      return {
        index: name,
        query,
        id,
        uri: resourceUri(name, id),
        title: titleOf(document.document),
        rank: at?.rank ?? null,
        first_stage_rank: at?.firstStageRank ?? null,
        ...(relevance === undefined ? {} : relevanceOf(relevance, at === undefined ? alone?.calibrated === true : placed.calibrated)),
        fields: (alone?.explanation.fields ?? []).map(({ field, score, relevance: likely }) =>
          likely === undefined ? { field, score: rounded(score) } : { field, probability: rounded(likely) },
        ),
        words: alone === undefined ? [] : wordsIn(alone.explanation),
        notes: placed.notes && [...placed.notes],
      };
    });
  },
});

/** What the reranker of the index says of one document by itself; nothing where the first stage alone ranks. */
async function explained(
  index: SearchIndex,
  query: string,
  document: Awaited<ReturnType<typeof documentsNamed>>[number],
  signal: AbortSignal,
) {
  const reranker = index.reranker();
  if (reranker === null) return undefined;
  const { results, calibrated } = await rerank(query, [document], {
    model: reranker,
    explain: true,
    fields: index.manifest()?.fields,
    signal,
  });
  const [result] = results;
  return result?.explanation === undefined ? undefined : { result, calibrated, explanation: result.explanation };
}

const wordsIn = ({ stages }: Explanation): z.infer<typeof output>['words'] =>
  stages.flatMap(({ tokens, of = 'document' }) =>
    tokens === undefined
      ? []
      : [...meetWords(tokens)]
          .sort((a, b) => b.similarity - a.similarity)
          .slice(0, MOST_WORDS)
          .map(({ word, met, similarity }) => ({ word, met, similarity: rounded(similarity), of })),
  );
