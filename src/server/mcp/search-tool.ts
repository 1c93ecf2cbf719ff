import { z } from 'zod';
import { type SearchAnswer, type SearchOptions, search } from '../../index.ts';
import { planIn, planShape } from '../plan-body.ts';
import { found, tellResults } from './found.ts';
import { hasEmbedder } from './has-embedder.ts';
import { indexNamed, indexShape } from './index-named.ts';
import { type Call, type McpApi, reading, tool } from './tool.ts';

/** Results of one answer, and candidates where no one asks for more. */
const [MOST, CANDIDATES] = [50, 25];

/** Characters of a value of a facet. */
const LONGEST_VALUE = 200;

/** Arguments that are options of the plan, as `POST /v1/search` has them. */
const planned = ['filter', 'min_score', 'first_stage', 'sort', 'group_by', 'facets', 'exact', 'deadline_ms'] as const;

/** What was asked, under the names of the request; a page after the first is asked with the same. */
interface Asked extends Readonly<Record<string, unknown>> {
  readonly fields?: readonly string[];
}

const output = z.looseObject({
  index: z.string(),
  query: z.string(),
  results: z.array(found),
  calibrated: z.boolean().describe('whether the results have probabilities'),
  complete: z.boolean().describe('false: time was over, and this is the best order so far'),
  ranked_by: z.string().nullable().describe('what ranked; null: the first stage alone'),
  fingerprint: z.string().nullable().describe('model, weights and form of the score of what ranked'),
  tolerance: z.number().optional().describe('scores may differ by it with what else was found; absent with exact'),
  next_cursor: z.string().optional().describe('pass it as cursor for the results after these; absent after the last'),
  facets: z.array(z.looseObject({ field: z.string(), values: z.array(z.looseObject({ value: z.unknown(), count: z.int() })) })).optional(),
  notes: z.array(z.string()).optional().describe('what was done that no one asked for'),
});

export const searchTool = tool({
  name: 'search',
  title: 'Search documents',
  description:
    'Find the documents that answer a question or fit a description, best first. Understands meaning, not only words: write the query as a full phrase in plain language, as a person would ask it. Each result has a snippet, its path and line where it is a file, and how likely it is relevant (level high, likely, unlikely): when all are unlikely, the indexes probably hold no answer, so say so or ask in other words. Follow with "get" to read a document whole.',
  input: (names) =>
    z.strictObject({
      query: z.string().min(1).max(10_000).describe('what is looked for, as a question or a description'),
      index: indexShape(names),
      top: z.int().min(1).max(MOST).optional().describe(`results that come back, 1 to ${MOST} (default: 5)`),
      ...(Object.fromEntries(planned.map((key) => [key, planShape[key]])) as Record<(typeof planned)[number], z.ZodType>),
      fields: z.array(z.string().min(1)).min(1).max(20).optional().describe('fields of each document that come with it (default: none)'),
      cursor: z.string().min(1).optional().describe('the next_cursor of the page before; repeat the query, the rest is remembered'),
    }),
  output,
  annotations: reading,
  run: async ({ query, index: asked, cursor, fields, ...rest }, call, api) => {
    const before = cursor === undefined ? undefined : api.cursors.find(cursor);
    const first = { candidates: Math.max(CANDIDATES, rest.top ?? 0) };
    const given: Asked = { ...(before?.asked ?? first), ...withoutNothing({ ...rest, fields }) };
    const name = await indexNamed(asked ?? before?.index, api);
    const answer = await ask(name, query, given, before?.cursor, call, api);
    return {
      index: name,
      query,
      results: [...tellResults(answer.results, { index: name, calibrated: answer.calibrated, fields: given.fields })],
      calibrated: answer.calibrated,
      complete: answer.complete,
      ranked_by: answer.rankedBy,
      fingerprint: answer.fingerprint,
      tolerance: answer.tolerance,
      next_cursor: answer.nextCursor === undefined ? undefined : api.cursors.keep({ index: name, cursor: answer.nextCursor, asked: given }),
      facets: tellFacets(answer),
      notes: answer.notes && [...answer.notes],
    };
  },
});

function ask(
  name: string,
  query: string,
  given: Asked,
  cursor: string | undefined,
  { signal, progress }: Call,
  { indexes, shedder }: McpApi,
): Promise<SearchAnswer> {
  return indexes.reading(name, (index) =>
    shedder.admit(query.length, () => {
      progress('looking for candidates');
      return search(index, query, {
        firstStage: hasEmbedder(index) ? undefined : 'bm25',
        ...plannedOptions(given),
        cursor: cursor ?? '*',
        documents: true,
        snippets: true,
        signal,
        onUpdate: (results) => progress(`${results.length} found, being reranked`),
      });
    }),
  );
}

/** Of the options of a request, those that name no reranker: what a model cannot choose is the server's. */
function plannedOptions(given: Readonly<Record<string, unknown>>): SearchOptions {
  const { reranker: _, fallback: __, strict: ___, ...plain } = planIn(given);
  return plain;
}

function tellFacets({ facets }: SearchAnswer): z.infer<typeof output>['facets'] {
  return facets?.map(({ field, values, missing, moreValues, min, max }) => ({
    field,
    values: values.map(({ value, count }) => ({
      value: typeof value === 'string' && value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value,
      count,
    })),
    more_values: moreValues,
    missing,
    min,
    max,
  }));
}

const withoutNothing = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
