import { z } from 'zod';
import { gradeNames } from '../../tasks/label.ts';

/** Of each list of an overlap. */
const MOST_IDS = 10_000;

const highest = gradeNames.length - 1;
const gradeOrNone = z.union([z.int().min(0).max(highest), z.null()], { error: `must be a whole number from 0 to ${highest}, or null` });

export const judgmentsBody = z.strictObject({
  judgments: z
    .array(
      z.strictObject({
        query: z
          .string()
          .refine((text) => text.trim() !== '', 'must hold a word')
          .describe('The words of the query; those of one that was judged before are told by them.'),
        id: z
          .string()
          .regex(/^(?=.*\S)[^\t\n\r]+$/u, 'must hold a letter, and neither tabs nor line ends')
          .describe('The id of the document.'),
        grade: gradeOrNone.describe(`${gradeNames.map((name, grade) => `${grade} ${name}`).join(', ')}; null takes the judgment back.`),
        was: z
          .array(gradeOrNone)
          .min(1)
          .max(20)
          .optional()
          .describe(
            'Grades that it may replace, null for none; where another one is there, that stays, and is told in `passed_over` (default: any).',
          ),
      }),
    )
    .min(1)
    .max(10_000),
});

const judgedQuery = z.object({
  id: z.string(),
  query: z.string(),
  /** Grades by document id. */
  grades: z.record(z.string(), z.int()),
});

export const judgmentsAnswer = z.object({
  /** All queries, or after a change those that it named. */
  queries: z.array(judgedQuery),
  /** Judgments in all, and queries that have one. */
  judgments: z.int(),
  judged_queries: z.int(),
  /** After a change: judgments that were not made, since a grade is there which is none of their `was`. */
  passed_over: z.array(z.object({ query: z.string(), id: z.string(), there: z.int().nullable() })).optional(),
  /** What each grade means, from 0. */
  grade_names: z.array(z.string()),
});

export type JudgmentsAnswer = z.infer<typeof judgmentsAnswer>;

export const exportFormats = ['json', 'jsonl', 'trec', 'qrels', 'queries'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const ranking = z.array(z.string()).max(MOST_IDS);
export const overlapBody = z.strictObject({
  left: ranking.describe('Ids of a ranking, best first, each once.'),
  right: ranking.describe('Ids of the other one.'),
  p: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('How likely a reader goes on to each next result: the first ten places hold 86 % of the weight at 0.9 (default: 0.9).'),
});
export const overlapAnswer = z.object({
  /** Rank-biased overlap, extrapolated: 0 to 1, the first places counting most. */
  rbo: z.number(),
  /** Ids of both, in the order of the left one; and those of one alone, in its order. */
  common: z.array(z.string()),
  only_left: z.array(z.string()),
  only_right: z.array(z.string()),
});
