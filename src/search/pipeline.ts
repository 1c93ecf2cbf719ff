import { FinetoothError, messageOf } from '../errors.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { readFilter } from '../filter/read-filter.ts';
import { checkArguments, either, list, readOf, shown, texts, type ValueCheck } from '../wording/check-options.ts';
import { anyText, optional, shape } from '../wording/check-shapes.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { checkFusion } from './check-fusion.ts';
import type { FirstStage, SearchOptions } from './options.ts';
import { indexPlan, type KeyAt, keysAt, optionAt, plan } from './plan.ts';
import { checkOf } from './plan-checks.ts';
import type { PlanOption } from './plan-option.ts';

/** Options that a pipeline gives to `search` as they are; rerankers it names. */
type PlainKey = Exclude<KeyAt<'pipeline'> & KeyAt<'search'>, 'reranker'>;

/** A way to search, as data: the same object in a pipelines file, in `search`, in the library. Every default is that of `search`. */
export interface Pipeline extends Pick<SearchOptions, PlainKey> {
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
  /** Over a run: the types of fields that its filter asks, as an index has them. @default none, numbers compare with numbers and texts with texts */
  readonly types?: FieldTypes;
  /** Fields by which the results are put in order, `-year` with the greatest first. @default the best first */
  readonly sort?: readonly string[];
  /** The model whose vectors the first stage compares, by name. @default that of the index, or of the evaluation */
  readonly embedder?: string;
  /** A file of `finetooth calibrate`, fitted for this reranker; a path from the working folder. @default what is known of the reranker */
  readonly calibration?: string;
}

/**
 * The default of `search`, under a name.
 *
 * @example
 * import { defaultPipeline } from 'finetooth/plan';
 *
 * const words = { ...defaultPipeline, name: 'words', firstStage: 'bm25' } as const;
 * console.log(words.candidates, words.reranker?.[0]); // 25 default
 */
export const defaultPipeline: Pipeline = {
  name: 'default',
  firstStage: plan.firstStage.default,
  candidates: plan.candidates.default,
  reranker: plan.reranker.default,
};

const planKeys = keysAt('pipeline');
const keys: readonly string[] = ['name', ...planKeys, 'types'];
const plainKeys = keysAt('search').filter((key): key is PlainKey => key !== 'reranker' && (planKeys as readonly string[]).includes(key));

/**
 * What a pipeline says to `search` as it stands: everything but its reranker.
 *
 * @example
 * import { openIndex, search } from 'finetooth';
 * import { parsePipeline, plainOptionsOf } from 'finetooth/plan';
 *
 * const index = await openIndex('./movies');
 * const options = plainOptionsOf(parsePipeline({ name: 'words', firstStage: 'bm25' }, 'here'));
 * const { firstStage } = await search(index, 'a shark at the beach', { ...options, reranker: null });
 * console.log(firstStage); // bm25
 * await index.close();
 */
export function plainOptionsOf(pipeline: Pipeline): Pick<SearchOptions, PlainKey> {
  checkArguments('plainOptionsOf(pipeline)', { pipeline: [pipeline, isPipeline] });
  return Object.fromEntries(plainKeys.map((key) => [key, pipeline[key]]));
}

/** Whether a value is a pipeline, as far as it is looked at before a search looks at it. */
export const isPipeline: ValueCheck = shape('a pipeline, as readPipelines gives them', {
  name: anyText,
  reranker: optional(either('a list of names, or null', texts, (value) => (value === null ? undefined : 'null'))),
  fallback: optional(texts),
});

/**
 * Checks a pipeline that came from outside and fills in the defaults. Throws E_USAGE with the key, what was got and what may be there.
 *
 * @example
 * import { parsePipeline } from 'finetooth/plan';
 *
 * const { candidates, firstStage } = parsePipeline({ name: 'deep', candidates: 100 }, 'pipelines.json');
 * console.log(candidates, firstStage); // 100 dense
 */
export function parsePipeline(value: unknown, where: string): Pipeline {
  checkArguments("parsePipeline({ name: 'reranked' }, 'pipelines.json')", { where: [where, anyText] });
  return readOf(where, () => readPipeline(value, where));
}

function readPipeline(value: unknown, where: string): Pipeline {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(where, `a pipeline is an object such as {"name": "reranked", "candidates": 100}; got ${shown(value)}`);
  const given = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (keys.includes(key)) continue;
    const near = nearestName(key, keys);
    throw wrong(where, `a pipeline has no "${key}"${near === undefined ? '' : `, did you mean "${near}"`}; it has ${keys.join(', ')}`);
  }
  const { name } = given;
  if (typeof name !== 'string' || name.trim() === '') throw wrong(where, `a pipeline needs a "name"; got ${shown(name)}`);
  const here = `${where}, pipeline "${name}"`;
  const said = planKeys.filter((key) => given[key] !== undefined).map((key) => [key, valueIn(key, given[key], here)]);
  const { types } = given;
  if (types !== undefined) checkTypes(types, here);
  return checkTogether({ ...defaultPipeline, name, ...Object.fromEntries(said), types: types as FieldTypes | undefined }, here);
}

/**
 * One object or a list of them; names differ.
 *
 * @example
 * import { parsePipelines } from 'finetooth/plan';
 *
 * const pipelines = parsePipelines([{ name: 'deep', candidates: 100 }, { name: 'words', firstStage: 'bm25' }], 'pipelines.json');
 * console.log(pipelines.map(({ name }) => name).join(' ')); // deep words
 */
export function parsePipelines(value: unknown, where: string): Pipeline[] {
  checkArguments("parsePipelines([{ name: 'reranked' }], 'pipelines.json')", { where: [where, anyText] });
  const isList = readOf(where, () => list(value) === undefined);
  const pipelines = isList
    ? readOf(where, () => Array.from(value as readonly unknown[])).map((one, at) => parsePipeline(one, `${where}, entry ${at + 1}`))
    : [parsePipeline(value, where)];
  if (pipelines.length === 0) throw wrong(where, 'it holds no pipeline');
  return pipelines;
}

const wrong = (where: string, why: string): FinetoothError => new FinetoothError('E_USAGE', `${where}: ${why}.`);

function valueIn(key: KeyAt<'pipeline'>, value: unknown, here: string): unknown {
  const option = optionAt(key, 'pipeline') as PlanOption;
  const words = readOf(`${here}: "${key}"`, () => checkOf(option)(value));
  if (words !== undefined) throw wrong(here, `"${key}" is ${words}; got ${shown(value)}`);
  try {
    if (option.kind === 'filter') readFilter(value);
  } catch (error) {
    throw new FinetoothError('E_USAGE', (say) => `${here}: ${messageOf(error, say)}`, { cause: error });
  }
  return listed(option, value);
}

function checkTypes(types: unknown, here: string): void {
  const words = checkOf(indexPlan.types)(types);
  if (words !== undefined) throw wrong(here, `"types" is ${words}; got ${shown(types)}`);
}

/** Throws E_USAGE for a pipeline that says of an index what the index says itself. */
export function checkForIndex({ name, types }: Pipeline): void {
  if (types === undefined) return;
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `pipeline "${name}": "types" is for the documents of a run. An index has types of its own, which are given when it is made (${say.option('types')}). Leave it out.`,
  );
}

/** Throws E_USAGE for options of a reranker where there is none. */
function checkTogether(pipeline: Pipeline, here: string): Pipeline {
  const { reranker, calibration, fallback, strict, effort, instruction, exact, minScore, wordsWeight = 0 } = pipeline;
  try {
    checkFusion(pipeline);
  } catch (error) {
    throw new FinetoothError('E_USAGE', (say) => `${here}: ${messageOf(error, say)}`, { cause: error });
  }
  if (reranker === null && calibration !== undefined) throw wrong(here, '"calibration" is for a reranker, and "reranker" is none');
  if (reranker === null && fallback !== undefined) throw wrong(here, '"fallback" is for a reranker, and "reranker" is none');
  if (reranker === null && effort !== undefined) throw wrong(here, '"effort" is for a reranker, and "reranker" is none');
  if (reranker === null && instruction !== undefined) throw wrong(here, '"instruction" is for a reranker, and "reranker" is none');
  if (reranker === null && exact) throw wrong(here, '"exact" is for a reranker, and "reranker" is none');
  if (reranker === null && minScore !== undefined)
    throw wrong(here, '"minScore" needs probabilities, which come from a reranker, and "reranker" is none');
  if (reranker === null && wordsWeight > 0) throw wrong(here, '"wordsWeight" adds to the score of a reranker, and "reranker" is none');
  if (fallback === undefined && strict === true) throw wrong(here, '"strict" forbids fallbacks, and there is none');
  return pipeline;
}

/** A value of a file as the library has it: a name alone is a list of one, and "none" is null. */
function listed(option: PlanOption, value: unknown): unknown {
  if (option.kind !== 'names' || typeof value !== 'string' || value === '') return value;
  return option.orNone && value === 'none' ? null : option.orOne ? [value] : value;
}
