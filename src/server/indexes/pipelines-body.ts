import { z } from 'zod';
import type { NamedRerankers } from '../../assemble/reranker.ts';
import { keysAt, type Pipeline, parsePipeline, snakeCase } from '../../plan.ts';
import type { Models } from '../models.ts';
import { planIn, planShape } from '../plan-body.ts';
import { RequestError } from '../problem.ts';
import { servedPlan } from './search-route.ts';

/** Pipelines of a request: each is compared with the others. */
const MOST = 12;

const names = keysAt('pipeline').map(snakeCase);

/** A pipeline as a request has it: a name, and what a search takes too, in snake case. */
const pipelineBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  ...(Object.fromEntries(Object.entries(planShape).filter(([name]) => names.includes(name))) as Readonly<Record<string, z.ZodType>>),
});

export const pipelinesBody = z
  .array(pipelineBody)
  .min(1)
  .max(MOST)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'every pipeline needs a name of its own');

export type PipelinesSent = readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];

/** Pipelines with their defaults; a client opens no model: every reranker is one that the operator serves, or needs none. Throws a RequestError, E_USAGE. */
export function pipelinesIn(sent: PipelinesSent, models: Models): readonly Pipeline[] {
  return sent.map(({ name, ...plan }) => parsePipeline({ name, ...servedPlan(planIn(plan), models) }, 'pipelines'));
}

/** Hosted rerankers that the pipelines name, as this server has opened them. */
export async function servedRerankers(pipelines: readonly Pipeline[], models: Models): Promise<NamedRerankers> {
  const named = new Set(pipelines.flatMap(({ reranker, fallback = [] }) => [...(reranker ?? []), ...fallback]));
  const parts = await Promise.all([...named].map(async (name) => [name, await models.part(name)] as const));
  return Object.fromEntries(parts.filter((one): one is [string, NamedRerankers[string]] => typeof one[1] === 'object'));
}

/** Throws a RequestError for more characters than a request may bring. */
export function checkWords(text: string, most: number, param: string): void {
  if (text.length > most) throw new RequestError('large', `a query may have ${most} characters; got ${text.length}`, { param });
}
