import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FinetoothError } from '../../errors.ts';
import { RBO_PERSISTENCE, rankBiasedOverlap } from '../../eval/index.ts';
import type { JudgmentSet } from '../../eval/judgment-file.ts';
import { type MergedJudgments, mergeJudgments, readJudgmentsIn } from '../../tasks/judgments.ts';
import { gradeNames } from '../../tasks/label.ts';
import { isKnown, tagOf } from '../entity-tag.ts';
import { goneSignal } from '../hooks/request-context.ts';
import type { Route } from '../openapi.ts';
import { RequestError } from '../problem.ts';
import { readBody } from './forms.ts';
import {
  type ExportFormat,
  exportFormats,
  type JudgmentsAnswer,
  judgmentsAnswer,
  judgmentsBody,
  overlapAnswer,
  overlapBody,
} from './judged-forms.ts';
import { exportsOf } from './judgment-exports.ts';
import type { IndexRegistry } from './registry.ts';

/** Seconds after which judgments that found their folder taken may be sent again. */
const AGAIN_S = 5;

const tag = 'Judgments';
export const judgmentRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/indexes/:name/judgments',
    about: `What was judged so far, with an ETag: asked with If-None-Match, a set that has not changed is a 304. As a file with ?format=: ${exportFormats.slice(1).join(', ')}; "qrels" and "queries" in one folder are a collection, and "jsonl" is one by itself.`,
    tag,
    answer: judgmentsAnswer,
  },
  {
    method: 'patch',
    path: '/v1/indexes/:name/judgments',
    about:
      'Give grades, change them, take them back: all or none, and on the disk before the answer. Several may do so at once: who says with `was` what it knew of replaces nothing else, and is told what stands there instead (`passed_over`).',
    tag,
    body: judgmentsBody,
    answer: judgmentsAnswer,
  },
  {
    method: 'post',
    path: '/v1/overlap',
    about: 'How alike two rankings are, and what each has alone.',
    tag,
    body: overlapBody,
    answer: overlapAnswer,
  },
];

/** Judgments of an index, kept where `finetooth label` would keep them, and the overlap of two rankings. */
export function addJudgmentRoutes(
  app: FastifyInstance,
  { indexes, mostQueryCharacters }: { readonly indexes: IndexRegistry; readonly mostQueryCharacters: number },
): void {
  const config = { task: 'judgments' };
  /** Of this server, one after the other: who waits for a lock of its own process would look for it again and again. */
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = async <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
    const mine = (turns.get(folder) ?? Promise.resolve()).catch(() => undefined).then(work);
    turns.set(folder, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(folder) === mine) turns.delete(folder);
    }
  };
  app.get('/v1/indexes/:name/judgments', { config }, async (request, reply) => {
    const format = formatIn(request);
    const name = nameIn(request);
    const set = await judgedIn(await indexes.judgmentsOf(name), name, goneSignal(reply));
    if (format === 'json') {
      const told = JSON.stringify(toldOf(set));
      const tag = tagOf(told);
      // Who judges beside others looks often: what has not changed is not sent again.
      reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
      if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(told);
    }
    const { type, file, text } = exportsOf[format](set);
    return reply.type(type).header('content-disposition', `attachment; filename="${file}"`).send(text);
  });
  app.patch('/v1/indexes/:name/judgments', { config }, async (request) => {
    const { judgments } = readBody(judgmentsBody, request.body);
    for (const { query } of judgments)
      if (query.length > mostQueryCharacters)
        throw new RequestError('large', `a query may have ${mostQueryCharacters} characters; got ${query.length}`, { param: 'judgments' });
    const name = nameIn(request);
    const folder = await indexes.judgmentsOf(name);
    const set = await inTurn(folder, () => mergeJudgments(folder, judgments)).catch((error: unknown) => {
      throw error instanceof FinetoothError && error.code === 'E_LOCKED' ? taken(name) : ofServer(error, name);
    });
    return {
      ...toldOf(set, new Set(judgments.map(({ query }) => query.trim()))),
      passed_over: judgments.some(({ was }) => was !== undefined) ? passedOverIn(set) : undefined,
    };
  });
  app.post('/v1/overlap', { config: { task: 'overlap' } }, async (request) => {
    const { left, right, p = RBO_PERSISTENCE } = readBody(overlapBody, request.body);
    const [inLeft, inRight] = [idsOf(left, 'left'), idsOf(right, 'right')];
    return {
      rbo: rankBiasedOverlap(left, right, p),
      common: left.filter((id) => inRight.has(id)),
      only_left: left.filter((id) => !inRight.has(id)),
      only_right: right.filter((id) => !inLeft.has(id)),
    };
  });
}

/** What was judged of an index so far. What is wrong with the files is not the client's doing, and their place not its business. */
export const judgedIn = (folder: string, name: string, signal: AbortSignal): Promise<JudgmentSet> =>
  readJudgmentsIn(folder, { signal }).catch((error: unknown) => {
    throw ofServer(error, name);
  });

function ofServer(error: unknown, name: string): unknown {
  if (!(error instanceof FinetoothError) || ['E_STOPPED', 'E_DISK_FULL'].includes(error.code)) return error;
  return new FinetoothError('E_JUDGMENTS_DAMAGED', `the judgments of "${name}" cannot be used: ${error.message}`, { cause: error });
}

const nameIn = (request: FastifyRequest): string => (request.params as { readonly name: string }).name;

function formatIn(request: FastifyRequest): ExportFormat {
  const { format = 'json' } = request.query as { readonly format?: unknown };
  const known = exportFormats.find((one) => one === format);
  if (known !== undefined) return known;
  throw new RequestError('invalid', `format takes ${exportFormats.join(', ')}`, { param: 'format' });
}

const taken = (name: string): RequestError =>
  new RequestError(
    'conflict',
    `someone else judges "${name}" at this moment, as "finetooth label" does for a whole session; send it again`,
    {
      code: 'E_LOCKED',
      retryAfter: AGAIN_S,
    },
  );

/** All queries that have a judgment, or those of these words. */
function toldOf({ queries, judgments }: JudgmentSet, words?: ReadonlySet<string>): JudgmentsAnswer {
  const told = words === undefined ? [...judgments.keys()] : [...queries].filter(([, text]) => words.has(text)).map(([id]) => id);
  return {
    queries: told.map((id) => ({ id, query: queries.get(id) ?? id, grades: Object.fromEntries(judgments.get(id) ?? []) })),
    judgments: [...judgments.values()].reduce((sum, grades) => sum + grades.size, 0),
    judged_queries: judgments.size,
    grade_names: [...gradeNames],
  };
}

/** With the grade that stayed. */
function passedOverIn({ queries, judgments, passedOver }: MergedJudgments): JudgmentsAnswer['passed_over'] {
  const idsByText = new Map([...queries].map(([id, text]) => [text, id]));
  return passedOver.map(({ query, id }) => ({
    query: query.trim(),
    id,
    there: judgments.get(idsByText.get(query.trim()) ?? '')?.get(id) ?? null,
  }));
}

function idsOf(list: readonly string[], param: string): ReadonlySet<string> {
  const ids = new Set(list);
  if (ids.size === list.length) return ids;
  const twice = list.find((id, at) => list.indexOf(id) !== at);
  throw new RequestError('invalid', `${param} holds the id "${twice}" twice; a ranking has each once`, { param });
}
