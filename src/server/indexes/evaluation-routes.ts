import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FinetoothError } from '../../errors.ts';
import { type EvalReport, parseMeasure, parseMeasures, plotsOf } from '../../eval/index.ts';
import type { JudgmentSet } from '../../eval/judgment-file.ts';
import type { SearchIndex } from '../../index.ts';
import { evaluateJudged } from '../../tasks/evaluate.ts';
import { type TuneReport, tuneJudged } from '../../tasks/tune.ts';
import type { LoadShedder } from '../load-shedding.ts';
import type { Models } from '../models.ts';
import type { Route } from '../openapi.ts';
import { RequestError } from '../problem.ts';
import { answerInLines, type LinesOptions, type OnProgress } from '../progress-lines.ts';
import { readBody } from './forms.ts';
import { judgedIn } from './judgment-routes.ts';
import { plotAnswer } from './measure-route.ts';
import { pipelinesBody, pipelinesIn, servedRerankers } from './pipelines-body.ts';
import type { IndexRegistry } from './registry.ts';

/** A value that a task checks: its sentence says what is wrong. */
const checkedBy = (check: (text: string) => unknown) =>
  z.string().superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

const draws = {
  resamples: z.int().min(100).max(10_000).optional().describe('Of every interval and test (default: 10,000).'),
  seed: z.int().min(0).max(4_294_967_295).optional().describe('Of every random draw (default: 20).'),
};

export const evaluationBody = z.strictObject({
  pipelines: pipelinesBody.optional().describe('Each a name and options of a search (default: those of finetooth eval).'),
  measures: checkedBy(parseMeasures)
    .optional()
    .describe('ir-measures names with commas between; the first is the primary one (default: as finetooth eval).'),
  baseline: z.string().optional().describe('The name of the pipeline that the others are compared with (default: the first).'),
  ...draws,
});

export const tuningBody = z.strictObject({
  measure: checkedBy(parseMeasure).optional().describe('What is made as large as possible (default: nDCG@10).'),
  folds: z.int().min(2).max(100).optional().describe('Of the cross-validation (default: 5).'),
  quick: z.boolean().optional().describe('Try no more than 25 candidates, and all fields together: a tenth of the time (default: false).'),
  ...draws,
});

const reportAnswer = (what: string) =>
  z.object({
    report: z.looseObject({}).describe(`The JSON of ${what}, its names as they are there.`),
    plots: z.array(plotAnswer),
  });

const tag = 'Judgments';
const inLines =
  'With Accept: application/x-ndjson a line {"progress": {what, done, total, unit}} as it goes on, at last {"report", "plots"} or {"error"}. Closing the connection stops it.';
export const evaluationRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/indexes/:name/evaluations',
    about: `Measure pipelines on what was judged, as finetooth eval does. ${inLines}`,
    tag,
    body: evaluationBody,
    answer: reportAnswer('finetooth eval'),
  },
  {
    method: 'post',
    path: '/v1/indexes/:name/tunings',
    about: `Choose a pipeline on what was judged, as finetooth tune does; at least 10 judged queries. ${inLines}`,
    tag,
    body: tuningBody,
    answer: reportAnswer('finetooth tune'),
  },
];

export interface EvaluationApi extends LinesOptions {
  readonly indexes: IndexRegistry;
  readonly models: Models;
  readonly shedder: LoadShedder;
}

interface Judged {
  readonly index: SearchIndex;
  readonly set: JudgmentSet;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export function addEvaluationRoutes(app: FastifyInstance, api: EvaluationApi): void {
  const { indexes, models, shedder } = api;
  const config = { task: 'evaluate' };
  /** Work on what was judged, admitted as every request that asks a model is, and stopped when its index is deleted. */
  const onJudged = async <Result>(
    request: FastifyRequest,
    stopped: AbortSignal,
    onProgress: OnProgress,
    work: (judged: Judged) => Promise<Result>,
  ): Promise<Result> => {
    const { name } = request.params as { readonly name: string };
    const folder = await indexes.judgmentsOf(name);
    const set = await judgedIn(folder, name, stopped);
    if (set.judgments.size === 0) throw new RequestError('invalid', `no one has judged "${name}" yet`, { code: 'E_JUDGMENTS' });
    const characters = [...set.queries.values()].reduce((sum, { length }) => sum + length, 0);
    return indexes.reading(name, (index, gone) =>
      shedder.admit(characters, () =>
        work({ index, set, folder: join(folder, '.work'), signal: AbortSignal.any([stopped, gone]), onProgress }).catch(
          (error: unknown) => {
            throw gone.aborted ? gone.reason : judgedWrongly(error);
          },
        ),
      ),
    );
  };

  app.post('/v1/indexes/:name/evaluations', { config }, async (request, reply) => {
    const { pipelines: sent, ...options } = readBody(evaluationBody, request.body);
    const pipelines = sent && pipelinesIn(sent, models);
    const rerankers = await servedRerankers(pipelines ?? [], models);
    checkBaseline(options.baseline, sent);
    return answerInLines(request, reply, api, (stopped, onProgress) =>
      onJudged(request, stopped, onProgress, async ({ index, set, folder, ...call }) => {
        const report = await evaluateJudged(
          { ...options, ...call, pipelines, rerankers, in: index, workFolder: folder, checks: false },
          set,
        );
        return { report: withoutSecrets(report, request), plots: await plotsOf(report) };
      }),
    );
  });
  app.post('/v1/indexes/:name/tunings', { config }, async (request, reply) => {
    const options = readBody(tuningBody, request.body);
    return answerInLines(request, reply, api, (stopped, onProgress) =>
      onJudged(request, stopped, onProgress, async ({ index, set, folder, ...call }) => {
        const report = await tuneJudged({ ...options, ...call, in: index, workFolder: folder }, set);
        return { report, plots: await plotsOf(asEvaluation(report)) };
      }),
    );
  });
}

/** What is wrong with the judgments is for whoever judges to know. */
const judgedWrongly = (error: unknown): unknown =>
  error instanceof FinetoothError && error.code === 'E_JUDGMENTS'
    ? new RequestError('invalid', error.message, { code: error.code })
    : error;

function checkBaseline(baseline: string | undefined, sent: readonly { readonly name: string }[] | undefined): void {
  if (baseline === undefined || sent === undefined || sent.some(({ name }) => name === baseline)) return;
  throw new RequestError('invalid', `baseline names one of the pipelines: ${sent.map(({ name }) => name).join(', ')}`, {
    param: 'baseline',
  });
}

/** Why a query failed may name paths of the server; the log has it. */
function withoutSecrets(report: EvalReport, request: FastifyRequest): EvalReport {
  const all = report.pipelines.flatMap(({ failures }) => failures);
  if (all.length === 0) return report;
  request.log.error({ id: request.id, failures: all.slice(0, 50) }, 'queries of an evaluation failed');
  const message = `the server's log has the reason under ${request.id}.`;
  return {
    ...report,
    pipelines: report.pipelines.map((one) => ({ ...one, failures: one.failures.map(({ query }) => ({ query, message })) })),
  };
}

/** For its plots: the tuned pipeline on held-out queries against the default. */
const asEvaluation = ({ comparison, queries, measure }: TuneReport): EvalReport => ({
  queries,
  queryIds: [],
  withoutRelevant: { count: 0, dropped: false },
  primary: measure,
  pipelines: [],
  comparisons: [comparison],
  gates: [],
  warnings: [],
  settings: { seed: 0, resamples: 0, confidence: 0.95 },
  peakMemory: 0,
  version: '',
  at: '',
});
