import { z } from 'zod';
import { rerank } from '../../index.ts';
import { RequestError } from '../problem.ts';
import { relevanceOf, relevanceShape } from './found.ts';
import { reading, tool } from './tool.ts';

/** Documents of one call, and characters of all of them. */
const [MOST, MOST_CHARACTERS] = [1000, 4_000_000];

const output = z.looseObject({
  query: z.string(),
  results: z.array(
    z.looseObject({
      rank: z.int(),
      index: z.int().describe('place in the documents that were sent, from 0'),
      ...relevanceShape,
      snippet: z.string().optional(),
    }),
  ),
  calibrated: z.boolean(),
  complete: z.boolean(),
  ranked_by: z.string(),
  fingerprint: z.string(),
  tolerance: z.number().optional().describe('scores may differ by it with what else is in the list; absent with exact'),
  notes: z.array(z.string()).optional(),
});

export const rerankTool = tool({
  name: 'rerank',
  title: 'Rank given texts',
  description:
    'Put texts that you have at hand (results of another search, paragraphs, file contents, candidate answers) in order of how well each one answers a query. Nothing is looked up and nothing stored: to find documents of an index, use "search".',
  input: () =>
    z.strictObject({
      query: z.string().min(1).max(10_000).describe('what the texts are compared with'),
      documents: z
        .array(z.union([z.string(), z.record(z.string(), z.unknown())], { error: 'must be a text, or an object of fields' }))
        .min(1)
        .max(MOST)
        .describe(`texts, or objects of fields such as {"title": "…", "text": "…"}; 1 to ${MOST}`),
      top: z.int().min(1).max(MOST).optional().describe('results that come back (default: all)'),
      rank_fields: z
        .array(z.string().min(1))
        .min(1)
        .max(100)
        .optional()
        .describe('fields of the objects that are read, in order (default: title and text)'),
      exact: z.boolean().optional().describe('give each text the score that it has in any other list; slower'),
      min_score: z.number().min(0).max(1).optional().describe('keep only what is at least so likely to be relevant'),
    }),
  output,
  annotations: reading,
  run: async ({ query, documents, top, rank_fields: rankFields, min_score: minScore, exact }, { signal }, { models, shedder }) => {
    const characters =
      query.length + documents.reduce((sum, one) => sum + (typeof one === 'string' ? one.length : JSON.stringify(one).length), 0);
    if (characters > MOST_CHARACTERS)
      throw new RequestError('large', `the documents may have ${MOST_CHARACTERS} characters in all; got ${characters}`, {
        param: 'documents',
      });
    const { reranker } = await models.reranker();
    const given = documents.map((one, at) => (typeof one === 'string' ? one : { id: String(at), document: one as never }));
    const answer = await shedder.admit(characters, () =>
      rerank(query, given, { model: reranker, top, fields: rankFields, minScore, exact, signal, snippets: documents.length > 1 }),
    );
    return {
      query,
      results: answer.results.map((result) => ({
        rank: result.rank,
        index: result.index,
        ...relevanceOf(result, answer.calibrated),
        snippet: result.snippet?.text || undefined,
      })),
      calibrated: answer.calibrated,
      complete: answer.complete,
      ranked_by: answer.rankedBy,
      fingerprint: answer.fingerprint,
      tolerance: answer.tolerance,
      notes: answer.notes && [...answer.notes],
    };
  },
});
