import { FinetoothError } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import type { Prompt, ScoreActivation, Scoring } from './model-entry.ts';
import { isRecipe, recipeNames, recipes } from './recipes.ts';

/** What `scoring` in a finetooth.json states: all of a causal model's asking, or what a classifier's config leaves open. */
export type StatedScoring =
  | (Scoring & { readonly form: 'answer' })
  | {
      readonly form: 'classifier';
      readonly relevant?: string | number | undefined;
      readonly activation?: ScoreActivation | undefined;
      readonly prompt?: Prompt | undefined;
    };

/** One query and text with the score that the model gives them, as its card has it. */
export interface ScoringExample {
  readonly query: string;
  readonly document: string;
  readonly score: number;
}

/**
 * Reads `scoring` of a finetooth.json: the name of a recipe, or an object of prompt, yes, no, instruction, relevant and activation.
 *
 * @throws E_INPUT_FORMAT with the key that is wrong
 */
export async function readStatedScoring(value: unknown, path: string): Promise<StatedScoring | undefined> {
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    if (isRecipe(value)) return recipes[value];
    const near = nearestName(value, recipeNames);
    const advice = near === undefined ? `Known: ${recipeNames.join(', ')}.` : `Did you mean "${near}"?`;
    throw new FinetoothError('E_INPUT_FORMAT', `"scoring" in ${path} names "${value}", which is no recipe. ${advice}`);
  }
  const { z } = await import('zod');
  const token = z.union([z.string().min(1), z.int().min(0)]);
  const form = z.strictObject({
    prompt: z
      .array(z.string())
      .min(1)
      .refine((pieces) => countOf(pieces, '{document}') === 1, { error: 'must hold {document} once' })
      .refine((pieces) => countOf(pieces, '{query}') === 1, { error: 'must hold {query} once' })
      .refine((pieces) => countOf(pieces, '{instruction}') <= 1, { error: 'must hold {instruction} once at most' })
      .optional(),
    yes: token.optional(),
    no: token.optional(),
    instruction: z.string().optional(),
    instructionFrame: z
      .string()
      .refine((text) => countOf([text], '{instruction}') === 1, { error: 'must hold {instruction} once' })
      .optional(),
    relevant: token.optional(),
    activation: z.enum(['sigmoid', 'none']).optional(),
  });
  const read = form.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    const where = ['scoring', ...(issue?.path ?? [])].join('.');
    throw new FinetoothError('E_INPUT_FORMAT', `"${where}" in ${path}: ${issue?.message ?? 'is not valid'}.`);
  }
  const { prompt: pieces, yes, no, instruction, instructionFrame = '{instruction}', relevant, activation } = read.data;
  const wrong = (why: string): FinetoothError => new FinetoothError('E_INPUT_FORMAT', `"scoring" in ${path} ${why}.`);
  const takes = pieces !== undefined && countOf(pieces, '{instruction}') === 1;
  if (!takes && (instruction !== undefined || read.data.instructionFrame !== undefined))
    throw wrong('has an instruction, and its prompt no {instruction} that it would stand for');
  const prompt: Prompt | undefined = pieces && {
    kind: 'segments',
    segments: pieces,
    ...(takes && { instruction: { frame: instructionFrame, words: instruction ?? '' } }),
  };
  if (yes === undefined && no === undefined) return { form: 'classifier', relevant, activation, prompt };
  if (yes === undefined) throw wrong('has "no" and no "yes": say which token means relevant');
  if (prompt === undefined) throw wrong('has "yes" and no "prompt": say what the model is asked');
  if (relevant !== undefined) throw wrong('has "yes" and "relevant": the first is for causal models, the second for those with labels');
  return { form: 'answer', prompt, yes, ...(no !== undefined && { no }), activation: activation ?? 'sigmoid' };
}

/** Reads `examples` of a finetooth.json. Throws E_INPUT_FORMAT. */
export async function readExamples(value: unknown, path: string): Promise<readonly ScoringExample[]> {
  if (value === undefined) return [];
  const { z } = await import('zod');
  const read = z.array(z.strictObject({ query: z.string(), document: z.string(), score: z.number() })).safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = ['examples', ...(issue?.path ?? [])].join('.');
  throw new FinetoothError('E_INPUT_FORMAT', `"${where}" in ${path}: ${issue?.message ?? 'is not valid'}.`);
}

const countOf = (pieces: readonly string[], part: string): number => pieces.reduce((sum, piece) => sum + piece.split(part).length - 1, 0);
