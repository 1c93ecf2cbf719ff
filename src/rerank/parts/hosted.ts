import { checkedScores } from '../../hosted/check-answer.ts';
import { estimatedTokens, halved, mostTokens, spansWithin } from '../../hosted/estimate.ts';
import { groupsOf, halves } from '../../hosted/groups.ts';
import { type HostedOptions, type HostedSource, hostedModel, identityOf, inParallel } from '../../hosted/model.ts';
import type { Consumption, Rerank } from '../../hosted/vendor.ts';
import { unlessZero } from '../../math/vectors.ts';
import type { Span } from '../../types.ts';
import { counted } from '../../wording/numbers.ts';
import { checkedScore } from '../checked-calls.ts';
import type { Reranker, Scores } from '../reranker.ts';

export interface HostedRerankSource extends HostedSource<Rerank> {
  /** Scores depend on the other documents of the request. */
  readonly readsList: boolean;
}

/** A text, or a chunk of one, that gets a score. */
interface Unit {
  /** Place of the candidate that it is of. */
  readonly i: number;
  readonly span: Span;
  readonly text: string;
}

/** Milliseconds that a call may take when no one says otherwise. */
const USUAL_MS = 30_000;

/** Documents of the first request that are sent again with every other one, where scores depend on their list. */
const ANCHORS = 4;

/** Tokens of a document that a search unit of Cohere's covers (cohere.com, pricing). */
const SEARCH_TOKENS = 500;

const SEARCH_DOCUMENTS = 100;

/** A text that is refused as too long is not halved below this. */
const SHORTEST = 200;

interface Found {
  readonly texts: readonly string[];
  readonly found: ReadonlyMap<Unit, number>;
  readonly truncatedTokens: Uint32Array;
  readonly queryTruncatedTokens: Uint32Array;
  readonly calls: number;
  readonly name: string;
  readonly servedBy: HostedRerankSource['servedBy'];
  readonly usage: NonNullable<Scores['usage']>;
}

/** The score of a text without a word: below whatever a model gives, and the same in every list, so that it may be cached. */
const NO_WORDS = -10_000;

/**
 * A reranker behind an API. Lists and texts beyond the vendor's limits are split, and `notes` say so; a text's score is that of its best chunk.
 * Where scores depend on the list, the requests share some documents, by which the later ones are shifted onto the scale of the first. Every text
 * gets a score, so no number of results is ever asked for.
 *
 * @throws E_KEY, E_PACKAGE, E_VENDOR_REFUSED, E_VENDOR_BUSY, E_VENDOR_DOWN, E_VENDOR_ANSWER, E_DEADLINE, E_BUDGET: then nothing was scored
 */
export function createHostedReranker(source: HostedRerankSource, options: HostedOptions = {}): Reranker {
  const model = hostedModel(source, options);
  const { longDocuments = 'chunk' } = options;
  const { name, limits } = model;
  const { tokensEach } = limits;

  /** What of each text is sent. The query takes its share of the window, but never more than half. */
  const unitsOf = (query: string, texts: readonly string[]): { readonly units: Unit[]; readonly truncatedTokens: Uint32Array } => {
    const truncatedTokens = new Uint32Array(texts.length);
    const room =
      tokensEach === undefined ? Number.POSITIVE_INFINITY : Math.max(Math.ceil(tokensEach / 2), tokensEach - estimatedTokens(query));
    const units = texts.flatMap((text, i): Unit[] => {
      // Nothing to read: no vendor takes an empty text.
      if (text.trim() === '') return [];
      const spans: readonly Span[] = text.length <= room ? [[0, text.length]] : spansWithin(text, room);
      if (spans.length > 1 && longDocuments === 'truncate') {
        const [from, to] = spans[0] as Span;
        truncatedTokens[i] = estimatedTokens(text.slice(to));
        return [{ i, span: [from, to], text: text.slice(from, to) }];
      }
      return spans.map((span) => ({ i, span, text: text.slice(...span) })).filter((unit) => unit.text.trim() !== '');
    });
    return { units, truncatedTokens };
  };

  return {
    fingerprint: `${identityOf(source)} ${longDocuments === 'chunk' ? 'in parts' : 'cut'}${tokensEach === undefined ? '' : ` of ${tokensEach}`}`,
    // A slice would cost as much time as the list.
    kind: source.readsList ? 'listwise' : 'pointwise',
    pricedPerCall: true,
    load: async () => {
      await model.open();
    },
    score: checkedScore(async (query, candidates, { signal, deadlineMs } = {}) => {
      const started = performance.now();
      const { send, requests } = await model.open();
      const until = model.until(USUAL_MS, started, deadlineMs);
      const meter = model.meter();
      const texts = candidates.map(({ text }) => text);
      const { units, truncatedTokens } = unitsOf(query, texts);
      const queryTruncatedTokens = new Uint32Array(texts.length);
      const found = new Map<Unit, number>();
      let calls = 0;
      const anchorsIn = (group: readonly Unit[]): readonly Unit[] => group.filter((unit) => found.has(unit)).slice(0, ANCHORS);

      const ask = async (group: readonly Unit[], anchors: readonly Unit[], stop: AbortSignal): Promise<void> => {
        const sent = [...anchors, ...group];
        const charge = meter.charge(consumed(query, sent, mostTokens), () => consumed(query, sent, estimatedTokens));
        const outcome = await requests.send(
          async (inner) => {
            const reply = await send({ query, documents: sent.map(({ text }) => text), signal: inner });
            return { scores: checkedScores(reply.ranking, sent.length), used: reply.used, truncated: reply.queryTruncatedTokens ?? 0 };
          },
          { signal: stop, until, pay: charge.pay },
        );
        if ('tooLarge' in outcome) {
          const smaller = group.length > 1 ? halves(group) : halvesOf(group[0] as Unit);
          if (smaller === undefined) throw outcome.tooLarge;
          if (!source.readsList || anchors.length > 0)
            return inParallel(smaller, (part, inner) => ask(part, anchors, inner), { signal: stop });
          const [first = [], ...others] = smaller;
          await ask(first, [], stop);
          return inParallel(others, (part, inner) => ask(part, anchorsIn(first), inner), { signal: stop });
        }
        calls++;
        const { scores, used, truncated } = outcome.result;
        for (const { i } of group) queryTruncatedTokens[i] = Math.max(queryTruncatedTokens[i] as number, truncated);
        charge.done(used);
        const shift = anchors.length === 0 ? 0 : median(anchors.map((unit, at) => (found.get(unit) as number) - (scores[at] as number)));
        for (const [at, unit] of group.entries()) found.set(unit, (scores[anchors.length + at] as number) + shift);
      };
      const halvesOf = (unit: Unit): readonly Unit[][] | undefined => {
        const [from, to] = unit.span;
        if (to - from <= SHORTEST) return undefined;
        const text = texts[unit.i] as string;
        const [first, second] = halved(text, unit.span).map((span): Unit => ({ i: unit.i, span, text: text.slice(...span) })) as [
          Unit,
          Unit,
        ];
        if (longDocuments === 'chunk') return [[first], [second]].filter(([one]) => one?.text.trim() !== '');
        truncatedTokens[unit.i] = (truncatedTokens[unit.i] as number) + estimatedTokens(second.text);
        return [[first]];
      };

      const call = { signal };
      const groups = groupsOf(units, limits, query);
      await meter.counted(async () => {
        if (!source.readsList || groups.length < 2) return inParallel(groups, (group, stop) => ask(group, [], stop), call);
        const fewer = limits.documents === undefined ? limits : { ...limits, documents: limits.documents - ANCHORS };
        const [first = [], ...others] = groupsOf(units, fewer, query);
        await inParallel([first], (group, stop) => ask(group, [], stop), call);
        await inParallel(others, (group, stop) => ask(group, anchorsIn(first), stop), call);
      });
      return answerOf({
        texts,
        found,
        truncatedTokens,
        queryTruncatedTokens,
        calls,
        name,
        servedBy: source.servedBy,
        usage: meter.usage(),
      });
    }),
  };
}

function consumed(query: string, units: readonly Unit[], tokensIn: (text: string) => number): Consumption {
  const own = tokensIn(query);
  const each = units.map(({ text }) => tokensIn(text) + own);
  return { tokens: each.reduce((sum, one) => sum + one, 0), searches: searchesFor(each) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.ceil((sorted.length - 1) / 2)] as number)) / 2;
}

/** The best chunk of each text; texts without a word below all others. */
function answerOf({ texts, found, truncatedTokens, queryTruncatedTokens, calls, name, servedBy, usage }: Found): Scores {
  const best = new Map<number, readonly [Unit, number]>();
  for (const [unit, score] of found) {
    const before = best.get(unit.i);
    if (before === undefined || score > before[1]) best.set(unit.i, [unit, score]);
  }
  const parts = new Map<number, number>();
  for (const { i } of found.keys()) parts.set(i, (parts.get(i) ?? 0) + 1);
  const [split, empty] = [[...parts.values()].filter((count) => count > 1).length, texts.length - best.size];
  const notes = [
    ...(servedBy === undefined
      ? []
      : [`${name} is served by ${servedBy.name} since ${servedBy.since}, whose scores are others: name that`]),
    ...(calls > 1 ? [`${name} was asked ${calls} times for one list: it takes no more at once`] : []),
    ...(split > 0
      ? [`${counted(split, 'text')} ${split === 1 ? 'was' : 'were'} longer than ${name} takes and read in chunks, of which the best counts`]
      : []),
    ...(empty > 0
      ? [`${counted(empty, 'text')} ${empty === 1 ? 'has' : 'have'} no words and ${empty === 1 ? 'stands' : 'stand'} below the others`]
      : []),
  ];
  return {
    scores: Float32Array.from(texts, (_, i) => best.get(i)?.[1] ?? NO_WORDS),
    spans: split > 0 ? texts.map((_, i) => ((parts.get(i) ?? 0) > 1 ? best.get(i)?.[0].span : undefined)) : undefined,
    truncatedTokens: unlessZero(truncatedTokens),
    queryTruncatedTokens: unlessZero(queryTruncatedTokens),
    notes: notes.length > 0 ? notes : undefined,
    usage,
  };
}

const searchesFor = (tokens: readonly number[]): number =>
  Math.ceil(tokens.reduce((sum, one) => sum + Math.max(1, Math.ceil(one / SEARCH_TOKENS)), 0) / SEARCH_DOCUMENTS);
