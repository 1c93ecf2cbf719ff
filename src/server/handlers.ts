import { measureRuns, orderCandidates, type Scores, type Stopwatch, scoreInTime } from '../index.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import { unknownScripts } from '../text/unknown-scripts.ts';
import type { CallOptions } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import type { EmbedAsk, EmbedDone, Facts, Passage, RankedPassage, RerankAsk, RerankDone } from './dialects/dialect.ts';
import type { LoadShedder } from './load-shedding.ts';
import type { Models, ServedReranker } from './models.ts';
import { RequestError } from './problem.ts';

export interface HandlerLimits {
  /** Documents or texts of a request, 1 and up. @default 10,000 */
  readonly mostDocuments?: number;
  /** Characters of a query, 1 and up. @default 100,000 */
  readonly mostQueryCharacters?: number;
}

export interface AskOptions extends CallOptions {
  /** Becomes the answer's id. */
  readonly id: string;
  /** Milliseconds; afterwards the best so far is the answer. */
  readonly deadlineMs?: number;
}

/** What the dialects' endpoints do: limits, one queue, the model, the order. */
export interface Handlers {
  /** Documents or texts that a request may hold. */
  readonly mostDocuments: number;
  rerank(ask: RerankAsk, options: AskOptions): Promise<RerankDone>;
  embed(ask: EmbedAsk, options: AskOptions): Promise<EmbedDone>;
}

/** Texts whose vectors are put together in one turn of the event loop. */
const TURN = 1024;

export function createHandlers(models: Models, shedder: LoadShedder, limits: HandlerLimits = {}): Handlers {
  const { mostDocuments = 10_000, mostQueryCharacters = 100_000 } = limits;
  const checkCount = (count: number, what: string, param: string): void => {
    if (count > mostDocuments) throw new RequestError('large', `a request may hold ${mostDocuments} ${what}; got ${count}`, { param });
  };
  const facts = (
    id: string,
    model: string,
    tokens: number,
    started: number,
    { runs, ...sums }: Stopwatch,
  ): Omit<Facts, 'cut' | 'notes' | 'unknownScripts'> => ({
    id,
    model,
    created: Math.floor(Date.now() / 1000),
    tokens,
    took: performance.now() - started,
    waited: sums.queued / Math.max(1, runs),
    tokenised: sums.tokenised / Math.max(1, runs),
    inferred: sums.inferred / Math.max(1, runs),
  });

  return {
    mostDocuments,
    rerank: async (ask, { id, signal, deadlineMs }) => {
      const started = performance.now();
      checkCount(ask.documents.length, 'documents', 'documents');
      if (ask.query.length > mostQueryCharacters)
        throw new RequestError('large', `a query may have ${mostQueryCharacters} characters; got ${ask.query.length}`, { param: 'query' });
      const whole = textsOf(ask);
      const characters = whole.reduce((sum, { length }) => sum + length, ask.query.length);
      const call: CallOptions = { signal };
      return shedder.admit(characters, async () => {
        const served = await models.reranker(ask.model, ask.refuseLong);
        const texts = ask.maxTokens === undefined ? whole : await models.beginnings(whole, ask.maxTokens, signal);
        const [query = ask.query] =
          ask.maxQueryTokens === undefined ? [] : await models.beginnings([ask.query], ask.maxQueryTokens, signal);
        const [given, watch] = await measureRuns(() =>
          scoreInTime(
            served.reranker,
            query,
            texts.map((text, i) => ({ id: String(i), text })),
            { ...call, deadlineMs },
          ),
        );
        if (ask.refuseLong) refuseLong(given);
        return {
          ...facts(id, served.name, given.usage?.tokens ?? 0, started, watch),
          insteadOf: served.insteadOf,
          hosted: given.usage?.requests === undefined ? undefined : { requests: given.usage.requests, dollars: given.usage.cost },
          ranked: rankingOf(given, texts.length, served).slice(0, ask.top),
          complete: given.complete ?? true,
          cut: given.truncatedTokens?.filter((tokens) => tokens > 0).length ?? 0,
          queryTruncatedTokens: mostIn(given.queryTruncatedTokens),
          excerpts: given.omittedCharacters?.filter((characters) => characters > 0).length ?? 0,
          notes: letterNotes({ reranker: served.reranker }, query, texts),
          unknownScripts: scriptsBeyond(served.reranker, [query, ...texts]),
        };
      });
    },
    embed: async (ask, { id, signal }) => {
      const started = performance.now();
      checkCount(ask.texts.length, 'texts', 'input');
      const characters = ask.texts.reduce((sum, { length }) => sum + length, 0);
      return shedder.admit(characters, async () => {
        const { name, insteadOf, embedder } = await models.embedder(ask.model);
        if (ask.dimensions !== undefined && ask.dimensions !== embedder.dimensions)
          throw new RequestError(
            'invalid',
            `the vectors of ${name} have ${embedder.dimensions} numbers; ${ask.dimensions} are not to be had`,
            {
              param: 'dimensions',
            },
          );
        const [parts, watch] = await measureRuns(() =>
          Promise.all(turnsOf(ask.texts).map((texts) => embedder.embed(texts, ask.role, { signal }))),
        );
        const cut = parts.flatMap(({ count, truncatedTokens: own }) => [...(own ?? new Uint32Array(count))]);
        const long = ask.refuseLong ? cut.findIndex((count) => count > 0) : undefined;
        if (long !== undefined && long >= 0)
          throw new RequestError(
            'invalid',
            `the text at index ${long} is ${cut[long]} tokens too long for the model, and cutting was not allowed`,
            {
              param: 'input',
            },
          );
        return {
          insteadOf,
          ...facts(id, name, sum(parts.map(({ tokens }) => sum(tokens ?? []))), started, watch),
          cut: cut.filter((count) => count > 0).length,
          notes: letterNotes({ embedder }, '', ask.texts),
          unknownScripts: scriptsBeyond(embedder, ask.texts),
          vectors: parts.flatMap(({ data, dimensions, count }) =>
            Array.from({ length: count }, (_, i) => data.subarray(i * dimensions, (i + 1) * dimensions)),
          ),
        };
      });
    },
  };
}

/** The text of each document: of an object its fields, in order, as an index would read them. */
function textsOf({ documents, fields }: RerankAsk): readonly string[] {
  const objects = documents.filter((one): one is Exclude<Passage, string> => typeof one !== 'string');
  const missing = fields?.find((field) => objects.length > 0 && !objects.some((one) => Object.hasOwn(one, field)));
  if (missing !== undefined && fields?.join() !== 'text')
    throw new RequestError('invalid', `no document has the field "${missing}" of rank_fields`, { param: 'rank_fields' });
  return documents.map((one) => {
    if (typeof one === 'string') return one;
    const all = fields ?? defaultFields(one);
    return textOf(one, all);
  });
}

const scriptsBeyond = ({ languages }: { readonly languages?: readonly string[] }, texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => unknownScripts(text, languages))),
];

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Throws where truncating is forbidden and a model did not read all of the query or of a document. */
function refuseLong({ truncatedTokens, queryTruncatedTokens }: Scores): void {
  const most = mostIn(queryTruncatedTokens);
  if (most > 0) {
    const at = queryTruncatedTokens?.indexOf(most) as number;
    const left = truncatedTokens?.[at] ?? 0;
    const beside = left === 0 ? '' : `, which is ${left} tokens too long beside it`;
    throw new RequestError(
      'invalid',
      `the query is ${most} tokens too long for the model beside the document at index ${at}${beside}, and cutting was not allowed`,
      { param: 'query' },
    );
  }
  const long = truncatedTokens?.findIndex((tokens) => tokens > 0) ?? -1;
  if (long >= 0)
    throw new RequestError(
      'invalid',
      `the document at index ${long} is ${truncatedTokens?.[long]} tokens too long for the model beside this query, and cutting was not allowed`,
      { param: 'documents' },
    );
}

/** The passages in the package's order, each with a number from 0 to 1 where its scores can be read as one. Their ids are their places. */
function rankingOf(given: Scores, count: number, { reranker, givesLogits }: ServedReranker): readonly RankedPassage[] {
  const passages = Array.from({ length: count }, (_, i) => ({ id: String(i) }));
  const isSingle = (given.stages?.length ?? 1) <= 1;
  return orderCandidates(passages, given, reranker.fingerprint).map(({ index, score, relevance, stage }) => {
    const stated = given.relevance === undefined && givesLogits ? 1 / (1 + Math.exp(-relevance)) : relevance;
    const likely = stage < 0 ? 0 : Math.min(1, Math.max(0, stated));
    return { index, relevance: likely, raw: isSingle ? score : logit(likely) };
  });
}

const mostIn = (tokens: Uint32Array | undefined): number => tokens?.reduce((most, count) => Math.max(most, count), 0) ?? 0;

const turnsOf = (texts: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(texts.length / TURN) }, (_, at) => texts.slice(at * TURN, (at + 1) * TURN));

function logit(probability: number): number {
  const inside = Math.min(1 - 1e-7, Math.max(1e-7, probability));
  return Math.log(inside / (1 - inside));
}
