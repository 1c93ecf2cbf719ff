import { isReranker } from '../rerank/reranker.ts';
import { someRerankerParts } from '../rerank/reranker-plan.ts';
import {
  callback,
  either,
  isRecord,
  oneOf,
  share,
  signal,
  text,
  texts,
  truth,
  type ValueCheck,
  when,
  whole,
} from '../wording/check-options.ts';
import type { ListOptions } from './options.ts';
import { type KeyAt, keysAt, type NameAt, nameAt, optionAt } from './plan.ts';
import type { Door, PlanOption, Value } from './plan-option.ts';

/** What a search takes as `reranker`: parts, since names are an index's. */
const isSearchReranker: ValueCheck = (value) => {
  const words =
    'a reranker, a list of them, or null; by name: await index.rerankerNamed(["default"]), or openIndex(folder, { reranker: "default" })';
  if (value === null) return undefined;
  const all: readonly unknown[] = Array.isArray(value) ? Array.from(value) : [value];
  return all.every((one) => isReranker(one) === undefined) ? undefined : words;
};

const filterLike: ValueCheck = when(
  "a text such as 'year >= 1990', or an object such as { year: { gte: 1990 } }",
  (value) => typeof value === 'string' || isRecord(value),
);
const isVector: ValueCheck = when(
  'a list of finite numbers, as many as the vectors of the index have',
  (value) =>
    (Array.isArray(value) || value instanceof Float32Array) &&
    value.length > 0 &&
    Array.prototype.every.call(value, (one) => typeof one === 'number' && Number.isFinite(one)),
);
const someTexts: ValueCheck = (value) => texts(Array.isArray(value) && value.length === 0 ? undefined : value);

/** The check of an option of the plan. Filters are looked into by `readFilter`. */
export function checkOf(option: Value): ValueCheck {
  switch (option.kind) {
    case 'count':
      return whole(option.least, option.most);
    case 'share':
      return share;
    case 'flag':
      return truth;
    case 'choice':
      return oneOf(option.choices);
    case 'level':
      return either(
        `one of ${option.choices.join(', ')}, or a whole number from ${option.least} to ${option.most}`,
        oneOf(option.choices),
        whole(option.least, option.most),
      );
    case 'text':
      return text;
    case 'names': {
      const { most } = option;
      const few: ValueCheck = (value) => (most !== undefined && Array.isArray(value) && value.length > most ? 'shorter' : someTexts(value));
      const words = `a list of ${most === undefined ? '' : `at most ${most} `}texts${option.orOne ? ', or one text' : ''}${option.orNone ? ', or null' : ''}`;
      return either(
        words,
        few,
        ...(option.orOne ? [text] : []),
        ...(option.orNone ? [(value: unknown) => (value === null ? undefined : 'null')] : []),
      );
    }
    case 'filter':
      return filterLike;
    case 'vector':
      return isVector;
    case 'types': {
      const known: readonly unknown[] = option.types;
      return when(
        `an object of at most ${option.most} fields, each with ${option.types.map((type) => `"${type}"`).join(' or ')}`,
        (value) =>
          isRecord(value) && Object.keys(value).length <= option.most && Object.values(value).every((type) => known.includes(type)),
      );
    }
    case 'rerankers':
      return isSearchReranker;
    case 'rerankerParts':
      return someRerankerParts;
    case 'callback':
      return callback;
    case 'signal':
      return signal;
  }
}

/** The checks of everything that a door takes, by the names that options have there. */
export const checksAt = <D extends Door>(door: D): { readonly [K in KeyAt<D> as NameAt<K, D>]: ValueCheck } =>
  Object.fromEntries(keysAt(door).map((key) => [nameAt(key, door), checkOf(optionAt(key, door) as PlanOption)])) as {
    readonly [K in KeyAt<D> as NameAt<K, D>]: ValueCheck;
  };

const { model: _, fields: rankFields, ...ofLists } = checksAt('rerank');
/** The checks of a reranker that is at hand, over a list. */
export const listChecks: { readonly [Name in keyof Required<ListOptions>]: ValueCheck } = { ...ofLists, rankFields };
