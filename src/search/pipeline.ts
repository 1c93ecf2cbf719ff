import { FinetoothError } from '../errors.ts';
import { nearestName } from '../text/nearest-name.ts';
import { type FirstStage, firstStages } from './retrieve.ts';

/** A way to search, as data: the same object in a pipelines file, in `search`, in the library. Every default is that of `search`. */
export interface Pipeline {
  readonly name: string;
  /** @default dense */
  readonly firstStage: FirstStage;
  /** Documents that go from the first stage to the reranker, 1 to 10,000. @default 25 */
  readonly candidates: number;
  /** Names of rerankers, one after the other; null for the first stage alone. @default ["default"], the one that `search` uses */
  readonly reranker: readonly string[] | null;
  /** Rerankers that rank when that one cannot, in this order. @default none */
  readonly fallback?: readonly string[];
  /** A query for which a fallback would rank fails instead. @default false */
  readonly strict?: boolean;
  /** The model whose vectors the first stage compares, by name. @default that of the index, or of the evaluation */
  readonly embedder?: string;
  /** Results that come back, 1 to 10,000. @default 5 in `search`; in an evaluation all the candidates */
  readonly top?: number;
  /** Share of the dense list in a hybrid first stage, 0 to 1. @default 0.5 */
  readonly denseWeight: number;
  /** Fields that the reranker reads. @default those that the index was made from */
  readonly rankFields?: readonly string[];
  /** Put each field's name before its words, a line a field. @default false */
  readonly fieldLabels?: boolean;
  /** A file of `finetooth calibrate`, fitted for this reranker; a path from the working folder. @default what is known of the reranker */
  readonly calibration?: string;
}

/** The default of `search`, under a name. */
export const defaultPipeline: Pipeline = { name: 'default', firstStage: 'dense', candidates: 25, reranker: ['default'], denseWeight: 0.5 };

const keys = [
  'name',
  'firstStage',
  'candidates',
  'reranker',
  'fallback',
  'strict',
  'embedder',
  'top',
  'denseWeight',
  'rankFields',
  'fieldLabels',
  'calibration',
] as const;

const wrong = (where: string, why: string): FinetoothError => new FinetoothError('E_USAGE', `${where}: ${why}.`);
const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

const countIn = (value: unknown, key: string, where: string): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  throw wrong(where, `"${key}" is a whole number from 1 to 10,000; got ${shown(value)}`);
};

const namesIn = (value: unknown, key: string, where: string): readonly string[] => {
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== '')) return value as string[];
  throw wrong(where, `"${key}" is a list of names; got ${shown(value)}`);
};

/** Checks a pipeline that came from outside and fills in the defaults. Throws E_USAGE with the key, what was got and what may be there. */
export const parsePipeline = (value: unknown, where: string): Pipeline => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(where, `a pipeline is an object such as {"name": "reranked", "candidates": 100}; got ${shown(value)}`);
  const given = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if ((keys as readonly string[]).includes(key)) continue;
    const near = nearestName(key, keys);
    throw wrong(where, `a pipeline has no "${key}"${near === undefined ? '' : `, did you mean "${near}"`}; it has ${keys.join(', ')}`);
  }
  const {
    name,
    firstStage = 'dense',
    candidates = 25,
    reranker = 'default',
    top,
    denseWeight = 0.5,
    rankFields,
    fieldLabels,
    calibration,
    fallback,
    strict,
    embedder,
  } = given;
  if (typeof name !== 'string' || name.trim() === '') throw wrong(where, `a pipeline needs a "name"; got ${shown(name)}`);
  const here = `${where}, pipeline "${name}"`;
  if (!firstStages.includes(firstStage as FirstStage))
    throw wrong(here, `"firstStage" is one of ${firstStages.join(', ')}; got ${shown(firstStage)}`);
  if (typeof denseWeight !== 'number' || !(denseWeight >= 0 && denseWeight <= 1))
    throw wrong(here, `"denseWeight" lies between 0 (words alone) and 1 (vectors alone); got ${shown(denseWeight)}`);
  if (strict !== undefined && typeof strict !== 'boolean') throw wrong(here, `"strict" is true or false; got ${shown(strict)}`);
  if (embedder !== undefined && (typeof embedder !== 'string' || embedder === ''))
    throw wrong(here, `"embedder" is the name of a model; got ${shown(embedder)}`);
  if (fieldLabels !== undefined && typeof fieldLabels !== 'boolean')
    throw wrong(here, `"fieldLabels" is true or false; got ${shown(fieldLabels)}`);
  if (calibration !== undefined && (typeof calibration !== 'string' || calibration === ''))
    throw wrong(here, `"calibration" is the path of a file of "finetooth calibrate"; got ${shown(calibration)}`);
  const rerankers =
    reranker === null || reranker === 'none' ? null : typeof reranker === 'string' ? [reranker] : namesIn(reranker, 'reranker', here);
  if (calibration !== undefined && rerankers === null) throw wrong(here, '"calibration" is for a reranker, and "reranker" is none');
  const others = fallback === undefined ? undefined : namesIn(typeof fallback === 'string' ? [fallback] : fallback, 'fallback', here);
  if (rerankers === null && others !== undefined) throw wrong(here, '"fallback" is for a reranker, and "reranker" is none');
  if (others === undefined && strict !== undefined) throw wrong(here, '"strict" forbids fallbacks, and there is none');
  return {
    name,
    firstStage: firstStage as FirstStage,
    candidates: countIn(candidates, 'candidates', here),
    reranker: rerankers,
    denseWeight,
    top: top === undefined ? undefined : countIn(top, 'top', here),
    rankFields: rankFields === undefined ? undefined : namesIn(rankFields, 'rankFields', here),
    fallback: others,
    strict,
    embedder,
    fieldLabels,
    calibration,
  };
};

/** One object or a list of them; names differ. */
export const parsePipelines = (value: unknown, where: string): Pipeline[] => {
  const pipelines = Array.isArray(value)
    ? value.map((one, at) => parsePipeline(one, `${where}, entry ${at + 1}`))
    : [parsePipeline(value, where)];
  if (pipelines.length === 0) throw wrong(where, 'it holds no pipeline');
  return pipelines;
};
