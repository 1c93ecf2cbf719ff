import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { namesWithoutModel } from '../../assemble/reranker.ts';
import { type Reranker, type RerankerPart, type SearchAnswer, type SearchIndex, type SearchOptions, search } from '../../index.ts';
import { beginAnswer, goneSignal, toldLate } from '../hooks/request-context.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { LoadShedder } from '../load-shedding.ts';
import type { Models } from '../models.ts';
import { type PlanSent, planIn } from '../plan-body.ts';
import { RequestError } from '../problem.ts';
import { createPieces, type SendBuffers } from '../send-buffers.ts';
import { inSnakeCase, readBody, searchBody } from './forms.ts';
import type { IndexRegistry } from './registry.ts';

export interface SearchApi {
  readonly indexes: IndexRegistry;
  readonly models: Models;
  readonly shedder: LoadShedder;
  readonly sendBuffers: SendBuffers;
  /** Characters of a query. */
  readonly mostQueryCharacters: number;
}

type Run = (more?: SearchOptions) => Promise<SearchAnswer>;

/** `POST /v1/search`: one answer, or server-sent events while it gets sharper. */
export function addSearchRoute(app: FastifyInstance, api: SearchApi): void {
  const { indexes, models, shedder, sendBuffers, mostQueryCharacters } = api;
  app.post('/v1/search', { config: { task: 'search' } }, async (request, reply) => {
    const body = readBody(searchBody, request.body);
    if (body.query.length > mostQueryCharacters)
      throw new RequestError('large', `a query may have ${mostQueryCharacters} characters; got ${body.query.length}`, { param: 'query' });
    const { fallback, strict, reranker, ...plain } = servedPlan(planIn(body), models);
    return indexes.reading(body.index ?? (await onlyName(indexes)), async (index) => {
      const options: SearchOptions = {
        documents: true,
        ...plain,
        signal: goneSignal(reply),
        reranker: await rerankerFor(index, models, { fallback, strict, reranker }),
      };
      const run: Run = (more) => shedder.admit(body.query.length, () => search(index, body.query, { ...options, ...more }));
      return body.stream ? sendEvents(run, request, reply, sendBuffers) : sendAnswer(await run(), request, reply);
    });
  });
}

/** A client opens no model: every name is one that the operator serves, or needs none. */
export function servedPlan(asked: PlanSent, models: Models): PlanSent {
  const served = (names: readonly string[], param: string): readonly string[] =>
    names.map((name) => (namesWithoutModel.has(name) ? name : models.resolve('rerank', name, param)));
  return {
    ...asked,
    reranker: asked.reranker && served(asked.reranker, 'reranker'),
    fallback: asked.fallback && served(asked.fallback, 'fallback'),
  };
}

async function onlyName(indexes: IndexRegistry): Promise<string> {
  const names = await indexes.names();
  if (names.length === 1) return names[0] as string;
  throw new RequestError('invalid', names.length === 0 ? 'there is no index here' : `name one of the indexes: ${names.join(', ')}`, {
    param: 'index',
  });
}

/** The reranker that a request wants; undefined: that of the index. */
async function rerankerFor(
  index: SearchIndex,
  models: Models,
  { reranker: names, fallback: others, strict }: Pick<PlanSent, 'reranker' | 'fallback' | 'strict'>,
): Promise<Reranker | null | undefined> {
  if (others === undefined && strict === true)
    throw new RequestError('invalid', 'strict forbids fallbacks, and there is none', { param: 'strict' });
  const partsOf = (all: readonly string[]): Promise<readonly RerankerPart[]> => Promise.all(all.map((name) => models.part(name)));
  if (others === undefined) return names === undefined || names === null ? names : index.rerankerNamed(await partsOf(names));
  if (names === null || (names === undefined && index.reranker() === null))
    throw new RequestError('invalid', 'fallback is for a reranker, and there is none', { param: 'fallback' });
  const first = names === undefined ? [index.reranker() as Reranker] : await partsOf(names);
  return index.rerankerNamed(first, { fallback: await partsOf(others), strict });
}

async function sendEvents(run: Run, request: FastifyRequest, reply: FastifyReply, sendBuffers: SendBuffers): Promise<FastifyReply> {
  const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  const pieces = createPieces(reply.raw, sendBuffers);
  let began = false;
  const begin = (): void => {
    if (began) return;
    began = true;
    beginAnswer(reply, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  };
  try {
    const answer = await run({
      onUpdate: (results) => {
        begin();
        pieces.send(event('results', inSnakeCase({ results })));
      },
    });
    begin();
    count(answer.usage, request);
    await pieces.end(event('answer', told(answer)));
  } catch (error) {
    // Before the first event the status can still say it.
    if (!began) throw error;
    await pieces.end(event('error', toldLate(error, request)));
  }
  return reply;
}

async function sendAnswer(answer: SearchAnswer, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  count(answer.usage, request);
  return reply.type('application/json; charset=utf-8').send(await jsonAnswer(told(answer)));
}

/** For the numbers and the log. */
function count({ tokens = 0, cost, requests }: SearchAnswer['usage'], request: FastifyRequest): void {
  request.tokens = tokens;
  request.hosted = requests === undefined ? undefined : { requests, dollars: cost };
}

/** Candidates without their documents; of words, where a first stage counted them, their BM25. */
function told({ candidates, ...rest }: SearchAnswer): unknown {
  return inSnakeCase({ ...rest, candidates: candidates.map(({ id, score, bm25 }) => ({ id, score, bm25 })) });
}
