import type { PassageSource } from '../../text/passages.ts';
import type { CallOptions, Span } from '../../types.ts';
import type { PassagesRequest, SplitRequest, SplitResult } from '../tokenize/split-texts.ts';

/** A request to a worker is small, so that stopping is prompt and the last worker does not keep the others waiting. */
const REQUEST_TEXTS = 16;
const REQUEST_CHARACTERS = 8_192;

export interface SplitOptions extends CallOptions {
  /** Tokens that a chunk may have, 1 and up. @default as many as the model's window leaves */
  readonly room?: number;
  /** Tokens of query, text and template together. @default the model's window */
  readonly window?: number;
  /** The first chunk of each text alone. @default false */
  readonly first?: boolean;
  /** The last words of each text alone, as many as fit. @default false */
  readonly last?: boolean;
  /** Which prefix of a model that reads texts alone stands before each. @default document */
  readonly prefix?: 'query' | 'document';
  /** What a model that reads texts alone shall leave room for beside each. @default nothing */
  readonly query?: string;
}

/** Characters of a text that every window holds, whatever the tokens: such texts are not split. */
const SURELY_SHORT = 100;

/** Positions of the texts of each request: longest first, texts of like length together. */
export function requestsOf(texts: readonly string[], workers: number): number[][] {
  const order = texts.map((_, i) => i).sort((a, b) => (texts[b] as string).length - (texts[a] as string).length || a - b);
  const most = Math.max(1, Math.min(REQUEST_TEXTS, Math.ceil(texts.length / (workers * 4))));
  const requests: number[][] = [];
  let characters = 0;
  for (const i of order) {
    const length = (texts[i] as string).length;
    const open = requests.at(-1);
    if (open === undefined || open.length >= most || characters + length > REQUEST_CHARACTERS) {
      requests.push([i]);
      characters = length;
    } else {
      open.push(i);
      characters += length;
    }
  }
  return requests;
}

/** Where the chunks of each text begin and end that fit a model's window: one request per text, so that long ones keep no worker for long. */
export const splitIn = (
  run: (request: SplitRequest, signal?: AbortSignal) => Promise<SplitResult>,
  texts: readonly string[],
  query: string | null,
  { signal, room, window, first, last, prefix }: Omit<SplitOptions, 'query'> = {},
): Promise<readonly (readonly Span[])[]> =>
  Promise.all(
    texts.map(async (text) => {
      const { spans } = await run({ split: [text], query, room, window, first, last, prefix }, signal);
      return Array.from({ length: spans.length / 2 }, (_, i): Span => [spans[2 * i] as number, spans[2 * i + 1] as number]);
    }),
  );

/** Where the passages of each text begin and end: short texts together, since most are whole. */
export async function splitSourcesIn(
  run: (request: PassagesRequest, signal?: AbortSignal) => Promise<SplitResult>,
  sources: readonly PassageSource[],
  workers: number,
  { signal }: CallOptions = {},
): Promise<readonly (readonly Span[])[]> {
  const spans = sources.map(({ text }): readonly Span[] => [[0, text.length]]);
  const long = sources.flatMap(({ text }, i) => (text.length > SURELY_SHORT ? [i] : []));
  const groups = requestsOf(
    long.map((i) => (sources[i] as PassageSource).text),
    workers,
  );
  await Promise.all(
    groups.map(async (group) => {
      const asked = group.map((place) => long[place] as number);
      const given = await run({ passages: asked.map((i) => sources[i] as PassageSource) }, signal);
      let at = 0;
      for (const [row, i] of asked.entries())
        spans[i] = Array.from(
          { length: given.counts[row] as number },
          (): Span => [given.spans[at++] as number, given.spans[at++] as number],
        );
    }),
  );
  return spans;
}
