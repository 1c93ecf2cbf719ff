import type { Filter } from '../filter/filter.ts';

/**
 * Where an option may be given: two functions, a file, two commands, a request.
 *
 * @example
 * import { doors, optionAt } from 'finetooth/plan';
 *
 * console.log(doors.filter((door) => typeof optionAt('cursor', door) !== 'string').join(' ')); // search searchCommand searchBody
 */
export const doors = ['search', 'rerank', 'pipeline', 'searchCommand', 'rerankCommand', 'searchBody'] as const;

export type Door = (typeof doors)[number];

/** What an option is: the same words as those of the flags. */
export type Value =
  | { readonly kind: 'count'; readonly least: number; readonly most: number; readonly unit?: string; readonly default?: number }
  /** A number from 0 to 1. */
  | { readonly kind: 'share'; readonly default?: number }
  /** @default false */
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string }
  /** A word or a whole number. */
  | { readonly kind: 'level'; readonly choices: readonly string[]; readonly least: number; readonly most: number; readonly default: string }
  | { readonly kind: 'text'; readonly value: string }
  /** A list of texts, at least one; `orOne`: a single text is a list too, `orNone`: null is none. */
  | {
      readonly kind: 'names';
      readonly value: string;
      readonly most?: number;
      readonly orOne?: true;
      readonly orNone?: true;
      readonly default?: readonly string[];
    }
  | { readonly kind: 'filter'; readonly value: string }
  /** A list of numbers. */
  | { readonly kind: 'vector'; readonly value: string }
  /** Fields, each with a type. */
  | { readonly kind: 'types'; readonly value: string; readonly types: readonly string[]; readonly most: number }
  /** What only a program can pass. */
  | { readonly kind: 'rerankers' | 'rerankerParts' | 'callback' | 'signal' };

/** What is different at one door. */
export interface Change {
  readonly kind?: 'rerankers' | 'rerankerParts';
  /** What it is called there, where that is not its name. */
  readonly name?: string;
  readonly most?: number;
  /** A default in words, where it is another. */
  readonly otherwise?: string;
  readonly about?: string;
}

/** An option of the doors `D`. */
export type OptionOf<D extends string> = Value & {
  /** Half a sentence, without range and default. */
  readonly about: string;
  /** The default in words, where it is no value. */
  readonly otherwise?: string;
  /** The flag, where it is not spelled by the rule. */
  readonly flag?: string;
  /** Environment variable that stands in for the flag. */
  readonly variable?: string;
  /** At each door: there, there with a difference, or why not. */
  readonly at: Readonly<Record<D, true | Change | string>>;
};
export type PlanOption = OptionOf<Door>;

/** Where an option of a new index may be given: `openIndex({ create })`, a command, a request. No pipeline: an index is made before it is searched. */
export const indexDoors = ['create', 'indexCommand', 'createBody'] as const;

export type IndexDoor = (typeof indexDoors)[number];
export type IndexOption = OptionOf<IndexDoor>;

/**
 * Type of an option's value.
 *
 * @example
 * import type { plan, Typed } from 'finetooth/plan';
 *
 * const firstStage: Typed<typeof plan.firstStage> = 'hybrid'; // or 'dense', 'bm25'
 * console.log(firstStage); // hybrid
 */
export type Typed<O> = O extends { readonly kind: 'count' | 'share' }
  ? number
  : O extends { readonly kind: 'flag' }
    ? boolean
    : O extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
      ? C
      : O extends { readonly kind: 'level'; readonly choices: readonly (infer C)[] }
        ? C | number
        : O extends { readonly kind: 'text' }
          ? string
          : O extends { readonly kind: 'names' }
            ? readonly string[] | (O extends { readonly orNone: true } ? null : never)
            : O extends { readonly kind: 'filter' }
              ? Filter
              : O extends { readonly kind: 'vector' }
                ? readonly number[] | Float32Array
                : O extends { readonly kind: 'types'; readonly types: readonly (infer T)[] }
                  ? Readonly<Record<string, T>>
                  : O extends { readonly kind: 'signal' }
                    ? AbortSignal
                    : (...given: never) => void;

/** An option as it is at a door, or why it is not there. */
export function changedAt<D extends string>(option: OptionOf<D>, door: D): OptionOf<D> | string {
  const here = option.at[door];
  return typeof here === 'string' ? here : here === true ? option : ({ ...option, ...here } as OptionOf<D>);
}

/**
 * The default of an option as a person reads it; '' for a flag, which is off, and for what has none.
 *
 * @example
 * import { defaultWords, plan } from 'finetooth/plan';
 *
 * console.log(defaultWords(plan.candidates)); // 25
 */
export function defaultWords(option: Value & { readonly otherwise?: string }): string {
  if (option.otherwise !== undefined) return option.otherwise;
  return 'default' in option && option.default !== undefined ? String(option.default) : '';
}

/**
 * How a request spells an option: `denseWeight` is `dense_weight`.
 *
 * @example
 * import { snakeCase } from 'finetooth/plan';
 *
 * console.log(snakeCase('denseWeight')); // dense_weight
 */
export const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * How the command line spells an option, without the unit: `denseWeight` is `dense-weight`, `deadlineMs` is `deadline`.
 *
 * @example
 * import { kebabCase } from 'finetooth/plan';
 *
 * console.log(kebabCase('denseWeight'), kebabCase('deadlineMs')); // dense-weight deadline
 */
export const kebabCase = (key: string): string => key.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
