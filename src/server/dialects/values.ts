/**
 * Values as the servers imitated read them: pydantic, which vLLM, Infinity and Xinference check requests with, takes "true" and "2" for what they
 * say (https://docs.pydantic.dev/latest/concepts/conversion_table/). Applications that keep settings as texts send them so.
 */
import { z } from 'zod';

const truths = new Map<unknown, boolean>([
  ...['true', '1', 'yes', 'on', 't', 'y', 1].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', 'f', 'n', 0].map((word) => [word, false] as const),
]);

/** true or false, also as a text or as 1 and 0. */
export const truth: z.ZodType<boolean> = z
  .preprocess((sent) => truths.get(typeof sent === 'string' ? sent.trim().toLowerCase() : sent) ?? sent, z.boolean())
  .meta({ type: 'boolean' });

/** A whole number, also as a text. */
export const wholeFrom = (least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> =>
  z
    .preprocess(
      (sent) => (typeof sent === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(sent) ? Number(sent) : sent),
      z.int('a whole number').min(least, `a whole number of at least ${least}`).max(most, `a whole number of at most ${most}`),
    )
    .meta(most === Number.MAX_SAFE_INTEGER ? { type: 'integer', minimum: least } : { type: 'integer', minimum: least, maximum: most });

/** One of several words, in whatever case. */
export const oneOf = <const Word extends string>(...words: readonly [Word, ...Word[]]): z.ZodType<Word> =>
  z
    .preprocess(
      (sent) => (typeof sent === 'string' ? (words.find((word) => word.toLowerCase() === sent.trim().toLowerCase()) ?? sent) : sent),
      z.enum(words),
    )
    .meta({ type: 'string', enum: [...words] }) as unknown as z.ZodType<Word>;

/** What a reranker is to judge by: read of every body that ranks (`instructionIn`), and stated where the API has the key. */
export const instructed = { instruction: z.string().nullish(), instruct: z.string().nullish() } as const;

/** One alone is a list of one. */
export const textOrTexts = z.union([z.string(), z.array(z.string())]);

/** The name of a model; none and an empty one stand for the default, as an unset field of a form does. */
export const modelName = z.string().nullish();

/** The name that was sent, if any. */
export const named = (model: string | null | undefined): string | undefined => (model == null || model.trim() === '' ? undefined : model);
