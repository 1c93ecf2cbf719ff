import { z } from 'zod';
import { messageOf } from '../errors.ts';
import {
  defaultWords,
  type Filter,
  type IndexKey,
  type IndexOption,
  indexOptionAt,
  type indexPlan,
  type KeyAt,
  keysAt,
  optionAt,
  type PlanOption,
  readFilter,
  snakeCase,
  type Typed,
  type Value,
  type ValueAt,
} from '../plan.ts';

/** Checked as the library checks it; the form is written out for the OpenAPI document. */
const filter = z
  .custom<Filter>()
  .superRefine((sent, context) => {
    try {
      readFilter(sent);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
  })
  .meta({
    anyOf: [
      { type: 'string', examples: ['year >= 2018 and tags in (sea, whales)'] },
      { type: 'object', examples: [{ year: { gte: 2018 }, tags: ['sea', 'whales'] }] },
    ],
  });

/** Bits of the token vectors: numbers in a request, and null for none. */
export const tokenBitsShape = z
  .union([z.literal(8), z.literal(4), z.literal(1), z.null()])
  .optional()
  .describe(described(indexOptionAt('tokenBits', 'createBody') as IndexOption));

type Key = KeyAt<'searchBody'>;

const keys = keysAt('searchBody');

/** The options of the plan as a request has them: snake case, and no others. */
export const planShape: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  keys.map((key) => {
    const option = optionAt(key, 'searchBody') as PlanOption;
    return [snakeCase(key), schemaOf(option).optional().describe(described(option))];
  }),
);

/** What a request said, under the library's names; a name alone is a list of one, and "none" is null. */
export type PlanSent = { readonly [K in Key]?: ValueAt<K, 'searchBody'> };

/** The form of an option of a new index, as a request has it. */
export function createShape<K extends IndexKey>(key: K): z.ZodType<Typed<(typeof indexPlan)[K]> | undefined> {
  const option = indexOptionAt(key, 'createBody') as IndexOption;
  return schemaOf(option).optional().describe(described(option)) as never;
}

/** Of a body that fits `planShape`. */
export const planIn = (body: Readonly<Record<string, unknown>>): PlanSent =>
  Object.fromEntries(
    keys
      .filter((key) => body[snakeCase(key)] !== undefined)
      .map((key) => {
        const [option, value] = [optionAt(key, 'searchBody') as PlanOption, body[snakeCase(key)]];
        if (option.kind !== 'names' || typeof value !== 'string') return [key, value];
        return [key, option.orNone && value === 'none' ? null : [value]];
      }),
  );

function schemaOf(option: Value): z.ZodType {
  switch (option.kind) {
    case 'count':
      return z.int().min(option.least).max(option.most);
    case 'share':
      return z.number().min(0).max(1);
    case 'flag':
      return z.boolean();
    case 'choice':
      return z.enum(option.choices);
    case 'level': {
      const { choices, least, most } = option;
      // Of a union zod says no more than that the input is invalid.
      const error = `must be one of ${choices.join(', ')}, or a whole number from ${least} to ${most}`;
      return z.union([z.enum(choices), z.int().min(least).max(most)], { error });
    }
    case 'text':
      return z.string().min(1);
    case 'names': {
      const names = z.array(z.string()).min(1);
      const list = option.most === undefined ? names : names.max(option.most);
      if (!option.orOne) return list;
      const most = option.most === undefined ? '' : `at most ${option.most} `;
      // Of a union zod says no more than that the input is invalid.
      const error = `must be a list of ${most}texts, or one text`;
      return option.orNone ? z.union([z.string(), list, z.null()], { error: `${error}, or null` }) : z.union([z.string(), list], { error });
    }
    case 'filter':
      return filter;
    case 'vector':
      return z.array(z.number()).min(1).max(65_536);
    case 'types':
      return z
        .record(z.string(), z.enum(option.types))
        .refine((types) => Object.keys(types).length <= option.most, `at most ${option.most} fields`);
    default:
      throw new Error(`an option of the kind "${option.kind}" has no form in JSON`);
  }
}

function described(option: Value & { readonly about: string; readonly otherwise?: string }): string {
  const words = defaultWords(option);
  return words === '' ? option.about : `${option.about} (default: ${words})`;
}
