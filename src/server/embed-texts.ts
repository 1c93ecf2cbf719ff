import { measureRuns } from '../embedders.ts';
import type { CallOptions, Vectors } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import type { EmbedAsk, EmbedDone } from './dialects/dialect.ts';
import type { ServedEmbedder } from './models.ts';
import { RequestError } from './problem.ts';
import { covers, languagesBeyond, scriptsBeyond } from './rank-passages.ts';
import { shortenerTo } from './shortened.ts';
import type { WorkOptions } from './work.ts';

/** Texts whose vectors are put together in one turn of the event loop. */
const TURN = 1024;

/** Turns texts into vectors for a request that was let in. */
export async function embedTexts(
  ask: EmbedAsk,
  whole: readonly string[],
  { id, signal, models, started, factsOf }: WorkOptions,
): Promise<EmbedDone> {
  const served = await models.embedder(ask.model);
  const { name, embedder } = served;
  const shorten = shortenerTo(ask.dimensions, served, ask.unnormalised);
  const { texts, cut: left } = await readTexts(ask, whole, served, { signal });
  const [parts, watch] = await measureRuns(() => Promise.all(turnsOf(texts).map((some) => embedSome(ask, some, served, { signal }))));
  const truncated = parts.flatMap(({ count, truncatedTokens: own }) => [...(own ?? new Uint32Array(count))]);
  const long = ask.refuseLong ? truncated.findIndex((count) => count > 0) : -1;
  if (long >= 0)
    throw new RequestError(
      'invalid',
      `the text at index ${long} is ${truncated[long]} tokens too long for the model, and cutting was not allowed`,
      { param: 'input' },
    );
  return {
    insteadOf: served.insteadOf,
    ...factsOf(id, name, sum(parts.map(({ tokens }) => sum(tokens ?? []))), started, watch),
    cut: truncated.filter((count, i) => count > 0 || left[i]).length,
    notes: letterNotes({ embedder }, '', texts),
    unknownScripts: scriptsBeyond(embedder, texts),
    unknownLanguages: languagesBeyond(embedder, texts),
    vectors: parts.flatMap((part) => rowsOf(part).map((row, i) => shorten(ask.unnormalised ? asItWas(row, part, i, name) : row))),
    tokenVectors: ask.eachToken ? parts.flatMap(({ eachToken = [] }) => eachToken) : undefined,
  };
}

interface Embedded extends Vectors {
  readonly eachToken?: readonly (readonly Float32Array[])[];
}

async function embedSome(ask: EmbedAsk, texts: readonly string[], served: ServedEmbedder, call: CallOptions): Promise<Embedded> {
  const { role = 'document', prompt, eachToken } = ask;
  const own = prompt === undefined || prompt.trim() === '' || isQueryPrompt(prompt, served) ? undefined : promptBefore(prompt);
  if (own === undefined && !eachToken)
    return served.embedder.embed(texts, prompt !== undefined && isQueryPrompt(prompt, served) ? 'query' : role, call);
  const { vectors, lengths, tokens, truncated, tokenVectors, tokenOffsets } = await served.encode(
    own === undefined ? texts : texts.map((text) => own + text),
    { ...call, prefix: own === undefined ? role : 'none', tokens: eachToken ? 'rows' : undefined },
  );
  const { dimensions } = served.embedder;
  const rows = (i: number): Float32Array[] => {
    const [from, to] = [tokenOffsets[i] as number, tokenOffsets[i + 1] as number];
    return Array.from({ length: to - from }, (_, at) => tokenVectors.subarray((from + at) * dimensions, (from + at + 1) * dimensions));
  };
  return {
    data: vectors,
    dimensions,
    count: texts.length,
    lengths,
    tokens,
    truncatedTokens: truncated,
    eachToken: eachToken ? texts.map((_, i) => rows(i)) : undefined,
  };
}

/** What is read of each text where a client says what, and of which something was left out that it did not ask to leave out. */
async function readTexts(
  { maxTokens, fromEnd, refuseLong, role = 'document' }: EmbedAsk,
  whole: readonly string[],
  served: ServedEmbedder,
  { signal }: CallOptions,
): Promise<{ readonly texts: readonly string[]; readonly cut: readonly boolean[] }> {
  // What must be read whole has no end that could be kept.
  if (maxTokens === undefined && (!fromEnd || refuseLong)) return { texts: whole, cut: whole.map(() => false) };
  const spans = await served.parts(whole, role, { tokens: maxTokens, fromEnd, signal });
  return {
    texts: whole.map((text, i) => text.slice(spans[i]?.[0], spans[i]?.[1])),
    cut: whole.map((text, i) => maxTokens === undefined && !covers(text, spans[i]?.[0] ?? 0, spans[i]?.[1] ?? text.length)),
  };
}

const plain = (text: string): string => text.trim().replace(/:$/, '').toLowerCase();

/** Whether a client's prompt is the one that the model puts before a query anyway. */
const isQueryPrompt = (prompt: string, { queryPrefix }: ServedEmbedder): boolean =>
  queryPrefix !== '' && plain(prompt) === plain(queryPrefix);

const promptBefore = (prompt: string): string => (/\s$/.test(prompt) ? prompt : `${prompt} `);

const rowsOf = ({ data, dimensions, count }: Vectors): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => data.subarray(i * dimensions, (i + 1) * dimensions));

/** A row in the length that it had before it was made 1. */
function asItWas(row: Float32Array, { lengths }: Vectors, i: number, name: string): Float32Array {
  const length = lengths?.[i];
  if (length === undefined)
    throw new RequestError('invalid', `the vectors of ${name} come in length 1 alone; leave normalize out`, { param: 'normalize' });
  return row.map((value) => value * length);
}

const turnsOf = (texts: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(texts.length / TURN) }, (_, at) => texts.slice(at * TURN, (at + 1) * TURN));

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
