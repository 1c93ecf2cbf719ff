import { orFromBody, type Written, writtenInBody } from '../../hosted/ai-sdk-refused.ts';
import { estimatedTokens, mostTokens, spansWithin } from '../../hosted/estimate.ts';
import { type HostedOptions, type HostedSource, hostedModel, identityOf, inParallel } from '../../hosted/model.ts';
import type { Meter } from '../../hosted/money/meter.ts';
import type { Consumption, LanguageModel } from '../../hosted/vendor.ts';
import { count, field, ShapeError } from '../../hosted/wire.ts';
import { unlessZero } from '../../math/vectors.ts';
import { counted } from '../../wording/numbers.ts';
import { checkedScore } from '../checked-calls.ts';
import type { Candidate, Reranker, ScoreOptions, Scores } from '../reranker.ts';
import { gradePrompt, gradeSchema, type Prompt, rankPrompt, rankSchema } from './language-model-prompts.ts';

export interface LanguageModelOptions extends HostedOptions {
  /**
   * `listwise` sorts windows of the list from its end to its beginning, each overlapping the one before (RankGPT, arXiv 2304.09542); `graded` asks
   * for each document alone how relevant it is, 0 to 10. @default listwise
   */
  readonly mode?: 'listwise' | 'graded';
  /** Documents of a window, 2 to 100. @default 20 */
  readonly window?: number;
  /** How far the window moves, 1 to `window`. @default 10 */
  readonly step?: number;
  /** Tokens that the model may write for one request, thinking included. @default 4,096 */
  readonly maxWritten?: number;
}

/** Asks the model, over one call's tries and money, and reads what it answers. */
interface Session {
  ask<Read>(prompt: Prompt, schema: object, read: (answer: unknown) => Read, stop: AbortSignal | undefined): Promise<Read>;
  readonly meter: Meter;
}

/** What a ranking or grading gives, all the list's texts shown. */
type Ranking = Pick<Scores, 'scores' | 'notes'>;

/** Tokens of a document that are shown, unless `limits.tokensEach` says otherwise. */
const SHOWN = 1000;

/** Milliseconds that a call may take when no one says otherwise: language models think. */
const USUAL_MS = 120_000;

/**
 * A language model of the AI SDK as reranker. Documents are data in its prompt, quoted so that they cannot end their quotation; what it answers can
 * only be an order or a grade. Its scores are places from the end of the list, or grades: ties are many.
 *
 * @throws as `createHostedReranker`
 */
export function languageModelReranker(source: HostedSource<LanguageModel>, options: LanguageModelOptions = {}): Reranker {
  const { mode = 'listwise', window = 20, step = 10, maxWritten = 4096 } = options;
  const model = hostedModel(source, options);
  const { tokensEach = SHOWN } = model.limits;
  const form = mode === 'graded' ? 'graded' : `listwise of ${window} by ${step}`;

  /** What is shown of each text. */
  const shownOf = (candidates: readonly Candidate[]): { readonly shown: readonly string[]; readonly truncatedTokens: Uint32Array } => {
    const truncatedTokens = new Uint32Array(candidates.length);
    const shown = candidates.map(({ text }, i) => {
      const [, to] = (text.length <= tokensEach ? undefined : spansWithin(text, tokensEach)[0]) ?? [0, text.length];
      truncatedTokens[i] = to < text.length ? estimatedTokens(text.slice(to)) : 0;
      return text.slice(0, to);
    });
    return { shown, truncatedTokens };
  };

  const session = async ({ signal, deadlineMs }: ScoreOptions): Promise<Session> => {
    const started = performance.now();
    const { send, requests } = await model.open();
    const until = model.until(USUAL_MS, started, deadlineMs);
    const meter = model.meter();
    const ask: Session['ask'] = async (prompt, schema, read, stop) => {
      const text = `${prompt.system}${prompt.user}`;
      const charge = meter.charge({ tokens: mostTokens(text), written: maxWritten }, () => ({
        tokens: estimatedTokens(text),
        written: 100,
      }));
      const outcome = await requests.send(
        async (inner) => {
          const answered = send.doGenerate({
            prompt: [
              { role: 'system', content: prompt.system },
              { role: 'user', content: [{ type: 'text', text: prompt.user }] },
            ],
            maxOutputTokens: maxWritten,
            temperature: 0,
            responseFormat: { type: 'json', name: 'answer', schema },
            abortSignal: inner,
          });
          const { content, usage } = await orFromBody<Written>(answered, writtenInBody);
          const [tokens, written] = [tokensOf(usage, 'inputTokens'), tokensOf(usage, 'outputTokens')];
          const used: Consumption = { tokens, written };
          return { value: read(jsonIn(content)), used };
        },
        { signal: stop ?? signal, until, pay: charge.pay },
      );
      if ('tooLarge' in outcome) throw outcome.tooLarge;
      charge.done(outcome.result.used);
      return outcome.result.value;
    };
    return { ask, meter };
  };

  const sortWindows = async ({ ask }: Session, query: string, shown: readonly string[]): Promise<Ranking> => {
    let order = shown.map((_, i) => i);
    let repairs = 0;
    for (const start of shown.length < 2 ? [] : windowsOf(shown.length, window, step)) {
      const places = order.slice(start, start + window);
      const ranking = await ask(
        rankPrompt(
          query,
          places.map((i) => shown[i] as string),
        ),
        rankSchema,
        (answer) => {
          const given = field(answer, 'ranking');
          if (!Array.isArray(given)) throw new ShapeError('has no list "ranking"', answer);
          return given as readonly unknown[];
        },
        undefined,
      );
      const { order: sorted, repaired } = repairedOrder(ranking, places.length);
      if (repaired) repairs++;
      order = [...order.slice(0, start), ...sorted.map((at) => places[at] as number), ...order.slice(start + places.length)];
    }
    const scores = new Float32Array(shown.length);
    for (const [place, i] of order.entries()) scores[i] = (shown.length - place) / shown.length;
    return {
      scores,
      notes:
        repairs === 0
          ? undefined
          : [`${source.name} left out or repeated documents in ${counted(repairs, 'window')}; those keep the order that they had`],
    };
  };

  const gradeEach = async ({ ask }: Session, query: string, shown: readonly string[], { signal }: ScoreOptions): Promise<Ranking> => {
    const scores = new Float32Array(shown.length);
    await inParallel(
      shown.map((_, i) => i),
      async (i, stop) => {
        scores[i] = await ask(
          gradePrompt(query, shown[i] as string),
          gradeSchema,
          (answer) => {
            const grade = numberOf(field(answer, 'grade'));
            if (!(grade >= 0 && grade <= 10)) throw new ShapeError('has no "grade" from 0 to 10', answer);
            return grade;
          },
          stop,
        );
      },
      { signal },
    );
    return { scores };
  };

  return {
    fingerprint: `${identityOf(source)} ${form}, ${tokensEach} tokens`,
    kind: mode === 'graded' ? 'pointwise' : 'listwise',
    pricedPerCall: true,
    load: async () => {
      await model.open();
    },
    score: checkedScore(async (query, candidates, call = {}) => {
      const { shown, truncatedTokens } = shownOf(candidates);
      const asking = await session(call);
      const given = await asking.meter.counted(() => (mode === 'graded' ? gradeEach : sortWindows)(asking, query, shown, call));
      return { ...given, usage: asking.meter.usage(), truncatedTokens: unlessZero(truncatedTokens) };
    }),
  };
}

/** Of a number, or one that is written; NaN of all else, which may be nested without end. */
const numberOf = (value: unknown): number => (typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN);

/** Places from 0, each once: what the model named in its order, then the rest in the order that they had. */
export function repairedOrder(
  ranking: readonly unknown[],
  length: number,
): { readonly order: readonly number[]; readonly repaired: boolean } {
  const order = new Set<number>();
  for (const id of ranking) {
    const place = numberOf(id) - 1;
    if (Number.isInteger(place) && place >= 0 && place < length) order.add(place);
  }
  const repaired = order.size !== length || ranking.length !== length;
  for (let place = 0; place < length; place++) order.add(place);
  return { order: [...order], repaired };
}

/** A number in the AI SDK's second specification, an object of numbers from the third on. */
const tokensOf = (usage: unknown, name: string): number | undefined =>
  count(field(usage, name)) ?? count(field(field(usage, name), 'total'));

/** The text of a model's answer as JSON, whatever stands around it. Throws ShapeError. */
function jsonIn(content: readonly { readonly type: string }[]): unknown {
  const text = content.map((part) => (part.type === 'text' ? String(field(part, 'text') ?? '') : '')).join('');
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  try {
    return JSON.parse(from < 0 ? text : text.slice(from, to + 1)) as unknown;
  } catch {
    throw new ShapeError('holds no JSON', text);
  }
}

/** Where windows begin, the last one first. */
function windowsOf(length: number, window: number, step: number): readonly number[] {
  const starts: number[] = [];
  for (let start = Math.max(0, length - window); ; start = Math.max(0, start - step)) {
    starts.push(start);
    if (start === 0) return starts;
  }
}
