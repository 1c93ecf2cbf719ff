import { z } from 'zod';
import type { RankedResult, SearchResult } from '../../index.ts';
import { placeOf, titleOf } from '../../wording/location.ts';
import { resourceUri } from './resource-uri.ts';
import { fieldsOf } from './shortened.ts';

const levels = ['high', 'likely', 'unlikely'] as const;

/** How relevant a document is said to be. */
export const relevanceShape = {
  probability: z.number().optional().describe('that it is relevant, 0 to 1; a number to compare within one list'),
  level: z.enum(levels).optional().describe('the same in a word: high is worth reading, unlikely is probably not about the query'),
  score: z.number().optional().describe('instead of a probability, where none is known: higher is better'),
};

/** A document that was found, as a model is told of it. */
export const found = z.looseObject({
  rank: z.int().describe('place in the list, from 1'),
  id: z.string().describe('by which "get" and "explain" name it'),
  uri: z.string().describe('of its resource, which holds the whole document'),
  title: z.string().optional(),
  path: z.string().optional().describe('of its file, as the index has it'),
  line: z.int().optional().describe('of the sentence that matters most, in that file, from 1'),
  page: z.int().optional(),
  ...relevanceShape,
  snippet: z.string().optional().describe('the sentences that matter for the query, as they stand in the document'),
  fields: z.record(z.string(), z.unknown()).optional().describe('those that were asked for; a long text ends with "…"'),
  group: z.unknown().optional().describe('the value that its group has; only with group_by'),
  duplicates: z.int().optional().describe('documents with the same text that are not listed'),
});

/** Characters of the fields of all results together. */
const MOST_FIELDS = 20_000;

export const relevanceOf = ({ relevanceScore, level }: Pick<RankedResult, 'relevanceScore' | 'level'>, calibrated: boolean) =>
  calibrated && level !== undefined ? { probability: rounded(relevanceScore), level } : { score: rounded(relevanceScore) };

export function tellResults(
  results: readonly SearchResult[],
  {
    index,
    calibrated,
    fields = [],
  }: { readonly index: string; readonly calibrated: boolean; readonly fields?: readonly string[] | undefined },
): readonly z.infer<typeof found>[] {
  const room = Math.floor(MOST_FIELDS / Math.max(1, results.length * fields.length));
  return results.map((result) => {
    const { rank, id, document = {}, snippet, group, collapsed } = result;
    return {
      rank,
      id,
      uri: resourceUri(index, id),
      title: titleOf(document),
      ...placeOf(result),
      ...relevanceOf(result, calibrated),
      snippet: snippet?.text || undefined,
      fields: fields.length === 0 ? undefined : fieldsOf(document, fields, room),
      group: group?.value,
      duplicates: collapsed,
    };
  });
}

/** Four digits say all that a score does. */
export const rounded = (score: number): number => Number(score.toPrecision(4));
