import { endianness } from 'node:os';
import { z } from 'zod';
import type { Document } from '../../types.ts';
import { RequestError } from '../problem.ts';
import type { Passage, RankedPassage } from './dialect.ts';

/** Schemas and forms that several vendors share. */

/** An object of JSON. What is in it was parsed and bounded already: to look at each value, and copy it, keeps everyone waiting. */
export const fields: z.ZodType<Document> = z
  .custom<Document>((sent) => typeof sent === 'object' && sent !== null && !Array.isArray(sent), 'an object')
  .meta({ type: 'object', additionalProperties: true });
export const passage: z.ZodType<Passage> = z
  .custom<Passage>(
    (sent) => typeof sent === 'string' || (typeof sent === 'object' && sent !== null && !Array.isArray(sent)),
    'a text or an object',
  )
  .meta({ anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }] });

export const result = z.object({ index: z.int(), relevance_score: z.number() });

export const allUsageSchema = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

/** `{error: {message, type, param, code}}`, as OpenAI, Together, vLLM and Infinity have it. */
export const errorObject = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.union([z.string(), z.int()]).nullable(),
  }),
});

/** A list that must not be empty; an empty one has a sentence of its own in most dialects, so it is no matter of the schema. */
export function notEmpty<Item>(list: readonly Item[], message: string, param: string): readonly Item[] {
  if (list.length === 0) throw new RequestError('empty', message, { param });
  return list;
}

export function withWords(query: string, message: string): string {
  if (query.trim() === '') throw new RequestError('empty', message, { param: 'query' });
  return query;
}

/** An object as the text that stands for it: its `text`, else all of it as compact JSON. */
export const textOfPassage = (passage: Passage): string =>
  typeof passage === 'string' ? passage : typeof passage.text === 'string' ? passage.text : JSON.stringify(passage);

/** `{index, relevance_score}` for each, best first, with something beside it. */
export const scored = <More extends object>(
  ranked: readonly RankedPassage[],
  beside: (index: number) => More,
): readonly ({ readonly index: number; readonly relevance_score: number } & More)[] =>
  ranked.map(({ index, relevance }) => ({ index, relevance_score: relevance, ...beside(index) }));

export const allUsage = (tokens: number) => ({ prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens });

/** float32, little-endian, base64: what OpenAI's clients ask for by default. */
export function base64Of(vector: Float32Array): string {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()).toString('base64');
}

/** Vectors as whole numbers: `int8` is 127 × the number, rounded; `uint8` that plus 128. */
export const bytesOf = (vector: Float32Array, form: 'int8' | 'uint8'): number[] =>
  Array.from(vector, (value) => Math.max(-128, Math.min(127, Math.round(value * 127))) + (form === 'uint8' ? 128 : 0));

/** The signs, eight a byte, first one highest; `binary` is `ubinary` less 128 (Cohere and Voyage, both). */
export const signsOf = (vector: Float32Array, form: 'binary' | 'ubinary'): number[] =>
  Array.from({ length: Math.ceil(vector.length / 8) }, (_, at) => {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= ((vector[at * 8 + bit] ?? 0) > 0 ? 1 : 0) << (7 - bit);
    return form === 'binary' ? byte - 128 : byte;
  });
