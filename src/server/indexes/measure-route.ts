import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { plotsOf } from '../../eval/index.ts';
import type { EvalReport } from '../../eval/report/report.ts';
import { createRankingCache, judgedMeasure, type MeasuredJudgments, measureJudged } from '../../tasks/measure-judged.ts';
import { goneSignal } from '../hooks/request-context.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { LoadShedder } from '../load-shedding.ts';
import type { Models } from '../models.ts';
import type { Route } from '../openapi.ts';
import { inSnakeCase, readBody } from './forms.ts';
import { judgedIn } from './judgment-routes.ts';
import { checkWords, type PipelinesSent, pipelinesBody, pipelinesIn, servedRerankers } from './pipelines-body.ts';
import type { IndexRegistry } from './registry.ts';

export const measureBody = z.strictObject({
  pipelines: pipelinesBody
    .optional()
    .describe(
      'Each a name and options of a search; the first is what the others are compared with (default: the first stage alone, and reranked).',
    ),
  query: z.string().optional().describe('The words of a query that is looked at, judged or not: it is told by itself.'),
  time_ms: z
    .int()
    .min(1)
    .max(60_000)
    .optional()
    .describe('Milliseconds after which no further query is searched for; ask again until complete is true (default: 1000).'),
  plots: z.boolean().optional().describe('Whether the plots of finetooth eval come along, as SVG (default: false).'),
});

const share = z.number().min(0).max(1);

export const plotAnswer = z.object({
  name: z.string(),
  title: z.string(),
  caption: z.string(),
  description: z.string(),
  /** Colours are CSS variables of the page: --surface, --better, --worse, --quiet, --series-0 to --series-5. No style attribute, no script. */
  svg: z.string(),
  legend: z.array(z.object({ sign: z.string(), names: z.array(z.string()) })),
});

export const measureAnswer = z.object({
  measure: z.string(),
  /** Whether all judged queries are in the figures. */
  complete: z.boolean(),
  judged: z.int(),
  measured: z.int(),
  /** Of the measured queries, those without a relevant document; they count as 0. */
  without_relevant: z.int(),
  /** Empty where nothing is measured yet. */
  pipelines: z.array(
    z.object({
      name: z.string(),
      /** The mean over the measured queries, and its 95 % interval. */
      value: share,
      low: z.number(),
      high: z.number(),
      /** The mean of the best order of the same results, and what is missing to it. */
      best: share,
      headroom: share,
      /** Share of the first ten results that no one judged. */
      unjudged: share,
    }),
  ),
  comparisons: z.array(
    z.object({
      baseline: z.string(),
      pipeline: z.string(),
      difference: z.number(),
      low: z.number(),
      high: z.number(),
      p: z.number(),
      adjusted_p: z.number(),
      verdict: z.string(),
      disagreement: z.string().optional(),
      unsafe: z.string().optional(),
    }),
  ),
  /** Only with a query; without value and best where no one judged it. */
  query: z
    .array(z.object({ name: z.string(), value: share.optional(), best: share.optional(), unjudged: z.int(), results: z.int() }))
    .optional(),
  plots: z.array(plotAnswer).optional(),
});

export type MeasureAnswer = z.infer<typeof measureAnswer>;

export const measureRoute: Route = {
  method: 'post',
  path: '/v1/indexes/:name/measure',
  about:
    'What was judged so far, measured with each pipeline: nDCG@10 with its interval, headroom, verdicts. Fast enough to follow a judge.',
  tag: 'Judgments',
  body: measureBody,
  answer: measureAnswer,
};

/** What a measurement compares where no one says. */
const compared: PipelinesSent = [{ name: 'first stage', reranker: 'none' }, { name: 'reranked' }];

export interface MeasureApi {
  readonly indexes: IndexRegistry;
  readonly models: Models;
  readonly shedder: LoadShedder;
  readonly mostQueryCharacters: number;
}

export function addMeasureRoute(app: FastifyInstance, { indexes, models, shedder, mostQueryCharacters }: MeasureApi): void {
  const cache = createRankingCache();
  app.post('/v1/indexes/:name/measure', { config: { task: 'measure' } }, async (request, reply) => {
    const { pipelines: sent = compared, query, time_ms: timeMs, plots = false } = readBody(measureBody, request.body);
    if (query !== undefined) checkWords(query, mostQueryCharacters, 'query');
    const { name } = request.params as { readonly name: string };
    const signal = goneSignal(reply);
    const set = await judgedIn(await indexes.judgmentsOf(name), name, signal);
    const pipelines = pipelinesIn(sent, models);
    const rerankers = await servedRerankers(pipelines, models);
    const words = query?.trim();
    const measured = await indexes.reading(name, (index) =>
      shedder.admit(words?.length ?? 0, () =>
        measureJudged(index, set, { pipelines, cache, query: words === '' ? undefined : words, timeMs, signal, rerankers }),
      ),
    );
    return reply.type('application/json; charset=utf-8').send(await jsonAnswer(await told(measured, plots)));
  });
}

async function told({ report, query, ...counts }: MeasuredJudgments, withPlots: boolean): Promise<unknown> {
  return {
    measure: judgedMeasure,
    complete: counts.measured === counts.judged,
    ...(inSnakeCase(counts) as object),
    pipelines: report === undefined ? [] : report.pipelines.map(pipelineTold),
    comparisons: report === undefined ? [] : report.comparisons.map(comparisonTold),
    query,
    plots: withPlots && report !== undefined ? await plotsOf(report) : undefined,
  };
}

function pipelineTold({ name, measures, headroom, unjudged }: EvalReport['pipelines'][number]): unknown {
  const { best, gain } = headroom?.[judgedMeasure] ?? {};
  return { name, ...measures[judgedMeasure], best, headroom: gain, unjudged: unjudged.share };
}

function comparisonTold(comparison: EvalReport['comparisons'][number]): unknown {
  const { baseline, pipeline, difference, low, high, p, adjustedP, verdict, disagreement, unsafe } = comparison;
  return inSnakeCase({ baseline, pipeline, difference, low, high, p, adjustedP, verdict, disagreement, unsafe });
}
