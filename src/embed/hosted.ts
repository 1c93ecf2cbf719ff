import { checkedVectors } from '../hosted/check-answer.ts';
import { estimatedTokens, halved, mostTokens, spansWithin } from '../hosted/estimate.ts';
import { groupsOf, halves } from '../hosted/groups.ts';
import { type HostedModel, type HostedOptions, type HostedSource, hostedModel, identityOf, inParallel } from '../hosted/model.ts';
import type { Consumption, Embed } from '../hosted/vendor.ts';
import { unlessZero } from '../math/vectors.ts';
import { type PassageSource, splitPassages } from '../text/passages.ts';
import type { CallOptions, Span, Vectors } from '../types.ts';
import { checkedEmbed, checkedSplit } from './checked-calls.ts';
import type { Embedder } from './embedder.ts';

export interface HostedEmbedSource extends HostedSource<Embed> {
  /** Where it is known. */
  readonly dimensions?: number;
}

export interface HostedEmbedderOptions extends HostedOptions {
  /** Numbers in a vector. @default what is known of the model; else one text is embedded to find out */
  readonly dimensions?: number;
}

interface Asking extends CallOptions {
  readonly deadlineMs?: number;
  readonly role: 'query' | 'document';
  readonly dimensions: number | undefined;
}

/** Milliseconds that a call may take when no one says otherwise: a query is waited for, an import may have to wait for its minute. */
const USUAL_MS = { query: 30_000, document: 300_000 } as const;

interface Unit {
  readonly i: number;
  readonly text: string;
}

/** A text that is refused as too long is not cut below this. */
const SHORTEST = 200;

/**
 * An embedder behind an API: no prompt of ours goes before a text; the vendor is told which side of a search it is on where it can be told.
 * Texts go in as few requests as its limits allow, several at a time. A text beyond the limit is cut, and `truncatedTokens` says by how many tokens, about.
 *
 * @throws as `createHostedReranker`; E_VENDOR_ANSWER also for vectors of another dimension
 */
export async function createHostedEmbedder(source: HostedEmbedSource, options: HostedEmbedderOptions = {}): Promise<Embedder> {
  const model = hostedModel(source, options);
  const known = options.dimensions ?? source.dimensions;
  const dimensions = known ?? (await embedAll(model, ['dimensions'], { role: 'query', dimensions: undefined })).dimensions;
  return {
    fingerprint: `${identityOf(source)}#${dimensions}`,
    dimensions,
    embed: checkedEmbed((texts, role, { signal, deadlineMs } = {}) => embedAll(model, texts, { role, dimensions, signal, deadlineMs })),
    split:
      model.limits.tokensEach === undefined
        ? undefined
        : checkedSplit(async (sources) => splitWithin(sources, model.limits.tokensEach as number)),
    load: async () => {
      await model.open();
    },
  };
}

async function embedAll(
  model: HostedModel<Embed>,
  texts: readonly string[],
  { role, dimensions, signal, deadlineMs }: Asking,
): Promise<Vectors> {
  if (texts.length === 0) return { data: new Float32Array(0), dimensions: dimensions ?? 0, count: 0 };
  const started = performance.now();
  const { send, requests } = await model.open();
  const until = model.until(USUAL_MS[role], started, deadlineMs);
  const meter = model.meter();
  const truncatedTokens = new Uint32Array(texts.length);
  let size = dimensions;
  const rows: Float32Array[] = [];
  const units = texts.map((text, i): Unit => {
    // An empty text has a vector like any other, but no vendor takes one: a space is the least that can be said.
    if (text === '') return { i, text: ' ' };
    const { tokensEach = Number.POSITIVE_INFINITY } = model.limits;
    if (text.length <= tokensEach) return { i, text };
    const [[, to]] = spansWithin(text, tokensEach) as [readonly [number, number]];
    truncatedTokens[i] = estimatedTokens(text.slice(to));
    return { i, text: text.slice(0, to) };
  });
  const ask = async (group: readonly Unit[], stop: AbortSignal): Promise<void> => {
    const charge = meter.charge(consumed(group, mostTokens), () => consumed(group, estimatedTokens));
    const outcome = await requests.send(
      async (inner) => {
        const reply = await send({ texts: group.map(({ text }) => text), role, signal: inner });
        const checked = checkedVectors(reply.vectors, group.length, size);
        return { ...checked, used: reply.used };
      },
      { signal: stop, until, pay: charge.pay },
    );
    if ('tooLarge' in outcome) {
      if (group.length > 1) return inParallel(halves(group), ask, { signal: stop });
      const { i, text } = group[0] as Unit;
      if (text.length <= SHORTEST) throw outcome.tooLarge;
      const [[, middle]] = halved(text, [0, text.length]) as [readonly [number, number]];
      truncatedTokens[i] = (truncatedTokens[i] as number) + estimatedTokens(text.slice(middle));
      return ask([{ i, text: text.slice(0, middle) }], stop);
    }
    const { data, used } = outcome.result;
    charge.done(used);
    size ??= outcome.result.dimensions;
    for (const [row, { i }] of group.entries()) rows[i] = data.subarray(row * size, (row + 1) * size);
  };
  await meter.counted(() => inParallel(groupsOf(units, model.limits), ask, { signal }));
  const width = size ?? 0;
  const data = new Float32Array(texts.length * width);
  for (const [i, row] of rows.entries()) data.set(row, i * width);
  return {
    data,
    dimensions: width,
    count: texts.length,
    usage: meter.usage(),
    truncatedTokens: unlessZero(truncatedTokens),
  };
}

/** Vendors do not publish their tokenizers: texts count as too many tokens rather than too few. */
function splitWithin(sources: readonly PassageSource[], tokensEach: number): readonly (readonly Span[])[] {
  return sources.map((source) => splitPassages(source, { window: tokensEach, room: tokensEach, tokensIn: estimatedTokens }));
}

const consumed = (units: readonly Unit[], tokensIn: (text: string) => number): Consumption => ({
  tokens: units.reduce((sum, { text }) => sum + tokensIn(text), 0),
});
