import type { Stopwatch } from '../embedders.ts';
import type {
  EmbedAsk,
  EmbedDone,
  PairsAsk,
  PairsDone,
  RankedPassage,
  RerankAsk,
  RerankDone,
  TokenizeAsk,
  TokenizeDone,
} from './dialects/dialect.ts';
import { embedTexts } from './embed-texts.ts';
import type { LoadShedder } from './load-shedding.ts';
import type { ModelFacts, Models } from './models.ts';
import { RequestError } from './problem.ts';
import { rankPassages } from './rank-passages.ts';
import { textsOf } from './readable.ts';
import { decodedTexts } from './token-ids.ts';
import type { AskOptions, FactsOf } from './work.ts';

export interface HandlerLimits {
  /** Documents or texts of a request, 1 and up. @default 10,000 */
  readonly mostDocuments?: number;
  /** Characters of a query, 1 and up. @default 100,000 */
  readonly mostQueryCharacters?: number;
}

/** What the dialects' endpoints do: limits, one queue, the model, the order. */
export interface Handlers {
  /** Documents or texts that a request may hold. */
  readonly mostDocuments: number;
  rerank(ask: RerankAsk, options: AskOptions): Promise<RerankDone>;
  embed(ask: EmbedAsk, options: AskOptions): Promise<EmbedDone>;
  /** Queries that are alike are ranked together, one query after the other. */
  pairs(ask: PairsAsk, options: AskOptions): Promise<PairsDone>;
  tokenize(ask: TokenizeAsk, options: AskOptions): Promise<TokenizeDone>;
  facts(ask: { readonly model?: string | undefined }): Promise<ModelFacts>;
}

const idleWatch: Stopwatch = { runs: 0, queued: 0, tokenised: 0, inferred: 0 };

export function createHandlers(models: Models, shedder: LoadShedder, limits: HandlerLimits = {}): Handlers {
  const { mostDocuments = 10_000, mostQueryCharacters = 100_000 } = limits;
  const checkCount = (count: number, what: string, param: string): void => {
    if (count > mostDocuments) throw new RequestError('large', `a request may hold ${mostDocuments} ${what}; got ${count}`, { param });
  };
  const checkQuery = ({ length }: string): void => {
    if (length > mostQueryCharacters)
      throw new RequestError('large', `a query may have ${mostQueryCharacters} characters; got ${length}`, { param: 'query' });
  };

  const rerank: Handlers['rerank'] = async (ask, options) => {
    const started = performance.now();
    checkCount(ask.documents.length, 'documents', 'documents');
    checkQuery(ask.query);
    checkQuery(ask.instruction ?? '');
    const texts = textsOf(ask);
    return shedder.admit(sizeOf(texts) + ask.query.length, () => rankPassages(ask, texts, { ...options, models, started, factsOf }));
  };
  return {
    mostDocuments,
    rerank,
    embed: async (ask, options) => {
      const started = performance.now();
      checkCount(ask.texts.length, 'texts', 'input');
      const texts = await decodedTexts(ask.texts);
      return shedder.admit(sizeOf(texts), () => embedTexts(ask, texts, { ...options, models, started, factsOf }));
    },
    pairs: async ({ pairs, ...ask }, options) => {
      checkCount(pairs.length, 'pairs', 'inputs');
      const byQuery = Map.groupBy(
        pairs.map(([query, text], at) => ({ query, text, at })),
        ({ query }) => query,
      );
      const scored: RankedPassage[] = [];
      const all: RerankDone[] = [];
      for (const [query, group] of byQuery) {
        const done = await rerank({ ...ask, query, documents: group.map(({ text }) => text) }, options);
        for (const one of done.ranked) scored.push({ ...one, index: group[one.index]?.at as number });
        all.push(done);
      }
      return { ...sumOf(all), scored: scored.sort((a, b) => a.index - b.index) };
    },
    tokenize: async ({ model, texts, special = true }, { id, signal }) => {
      const started = performance.now();
      checkCount(texts.length, 'texts', 'inputs');
      return shedder.admit(sizeOf(texts), async () => {
        const { name, insteadOf, tokenize } = await models.embedder(model);
        const tokenLists = await tokenize(texts, { special, signal });
        const tokens = tokenLists.reduce((sum, { length }) => sum + length, 0);
        return {
          insteadOf,
          ...factsOf(id, name, tokens, started, idleWatch),
          cut: 0,
          notes: [],
          unknownScripts: [],
          unknownLanguages: [],
          tokenLists,
        };
      });
    },
    facts: ({ model }) => models.facts(model ?? 'default', model === undefined ? 'embed' : undefined),
  };
}

const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0);

const factsOf: FactsOf = (id, model, tokens, started, { runs, ...sums }) => ({
  id,
  model,
  created: Math.floor(Date.now() / 1000),
  tokens,
  took: performance.now() - started,
  waited: sums.queued / Math.max(1, runs),
  tokenised: sums.tokenised / Math.max(1, runs),
  inferred: sums.inferred / Math.max(1, runs),
});

/** Several answers told as one. */
function sumOf(all: readonly RerankDone[]): Omit<PairsDone, 'scored'> {
  const [first] = all as [RerankDone];
  const sum = (read: (one: RerankDone) => number): number => all.reduce((total, one) => total + read(one), 0);
  const mean = (read: (one: RerankDone) => number): number => sum(read) / all.length;
  const tolerances = all.flatMap(({ tolerance }) => tolerance ?? []);
  const hosted = all.flatMap((one) => one.hosted ?? []);
  const dollars = hosted.some((one) => one.dollars === undefined)
    ? undefined
    : hosted.reduce((total, one) => total + (one.dollars ?? 0), 0);
  return {
    id: first.id,
    created: first.created,
    model: first.model,
    insteadOf: first.insteadOf,
    tokens: sum(({ tokens }) => tokens),
    took: sum(({ took }) => took),
    waited: mean(({ waited }) => waited),
    tokenised: mean(({ tokenised }) => tokenised),
    inferred: mean(({ inferred }) => inferred),
    hosted: hosted.length === 0 ? undefined : { requests: hosted.reduce((total, { requests }) => total + requests, 0), dollars },
    cut: sum(({ cut }) => cut),
    excerpts: sum(({ excerpts = 0 }) => excerpts),
    tolerance: tolerances.length === 0 ? undefined : Math.max(...tolerances),
    complete: all.every(({ complete }) => complete),
    queryTruncatedTokens: Math.max(...all.map((one) => one.queryTruncatedTokens)),
    unknownScripts: [...new Set(all.flatMap(({ unknownScripts }) => unknownScripts))],
    unknownLanguages: [...new Set(all.flatMap(({ unknownLanguages }) => unknownLanguages))],
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}
