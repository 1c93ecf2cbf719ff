/** Answers that a package of the AI SDK refused: its schema asks for more of them than is read here. */
import type { Embed, LanguageModel, Rerank } from './vendor.ts';
import { field, inPlaces, rankingIn } from './wire.ts';

/** What a language model wrote, as far as it is read here. */
export type Written = Pick<Awaited<ReturnType<LanguageModel['doGenerate']>>, 'content'> & { readonly usage?: unknown };

/** What the SDK gives, or what the refused body holds of it. Throws what the SDK threw where it holds neither. */
export async function orFromBody<Reply>(asked: PromiseLike<Reply>, read: (body: unknown) => Reply | undefined): Promise<Reply> {
  try {
    return await asked;
  } catch (error) {
    const reply = read(refusedBody(error));
    if (reply === undefined) throw error;
    return reply;
  }
}

/** `{results | data: [{index, relevance_score | relevanceScore | score}]}`, as all vendors of the SDK that rank write it. */
export function rankingOfBody(body: unknown): Awaited<ReturnType<Rerank>>['ranking'] | undefined {
  const rows = [field(body, 'results'), field(body, 'data')].find((one) => Array.isArray(one)) as readonly unknown[] | undefined;
  const name = ['relevance_score', 'relevanceScore', 'score'].find((one) => field(rows?.[0], one) !== undefined);
  return rows === undefined || name === undefined ? undefined : rankingIn(rows, name);
}

/**
 * `{data: [{index, embedding}]}` as OpenAI, `{embeddings: [{values}]}` and `{embedding: {values}}` as Google, `{embedding: []}`, `{embeddings: [[]]}`,
 * `{embeddings: [{embedding}]}` and `{embeddings: {float: [[]]}}` as the models of Bedrock write it.
 */
export function vectorsOfBody(body: unknown): Awaited<ReturnType<Embed>>['vectors'] | undefined {
  const [data, many, one] = ['data', 'embeddings', 'embedding'].map((name) => field(body, name));
  if (Array.isArray(data)) return inPlaces(data, vectorIn);
  const rows = Array.isArray(many) ? (many as readonly unknown[]) : field(many, 'float');
  if (Array.isArray(rows)) return rows.map(vectorIn);
  const single = vectorIn(one);
  return single === undefined ? undefined : [single];
}

/**
 * The text of a chat: `{choices: [{message: {content}}]}` as OpenAI and those who speak like it, `{message: {content: [{text}]}}` as Cohere,
 * `{output: {message: {content: [{text}]}}}` as Bedrock, `{candidates: [{content: {parts: [{text}]}}]}` as Google writes it.
 */
export function writtenInBody(body: unknown): Written | undefined {
  const [choices, candidates] = ['choices', 'candidates'].map((name) => field(body, name));
  const message = Array.isArray(choices)
    ? field(choices[0], 'message')
    : (field(body, 'message') ?? field(field(body, 'output'), 'message'));
  const content = Array.isArray(candidates) ? field(field(candidates[0], 'content'), 'parts') : field(message, 'content');
  const parts = typeof content === 'string' ? [{ text: content }] : content;
  return Array.isArray(parts) ? { content: parts.map((part: unknown) => ({ type: 'text', text: textIn(part) })) } : undefined;
}

function textIn(part: unknown): string {
  const text = field(part, 'text');
  return typeof text === 'string' ? text : '';
}

/** A vector as a list, or within a row. */
const vectorIn = (row: unknown): unknown => (Array.isArray(row) ? row : (field(row, 'embedding') ?? field(row, 'values')));

/** The body of an answer that came with a good status and was refused all the same; undefined for any other failure. */
function refusedBody(error: unknown): unknown {
  const [status, body] = [field(error, 'statusCode'), field(error, 'responseBody')];
  if (typeof status !== 'number' || status < 200 || status > 299 || typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
