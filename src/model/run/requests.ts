import type { CallOptions, Span } from '../../types.ts';
import type { SplitRequest, SplitResult } from '../tokenize/split-texts.ts';

/** A request to a worker is small, so that stopping is prompt and the last worker does not keep the others waiting. */
const REQUEST_TEXTS = 16;
const REQUEST_CHARACTERS = 8_192;

/** Positions of the texts of each request: longest first, texts of like length together. */
export const requestsOf = (texts: readonly string[], workers: number): number[][] => {
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
};

export interface SplitOptions extends CallOptions {
  /** Tokens that a chunk may have, 1 and up. @default as many as the model's window leaves */
  readonly room?: number;
  /** The first chunk of each text alone. @default false */
  readonly first?: boolean;
}

/** Where the chunks of each text begin and end that fit a model's window: one request per text, so that long ones keep no worker for long. */
export const splitIn = (
  run: (request: SplitRequest, signal?: AbortSignal) => Promise<SplitResult>,
  texts: readonly string[],
  query: string | null,
  { signal, room, first }: SplitOptions = {},
): Promise<readonly (readonly Span[])[]> =>
  Promise.all(
    texts.map(async (text) => {
      const { spans } = await run({ split: [text], query, room, first }, signal);
      return Array.from({ length: spans.length / 2 }, (_, i): Span => [spans[2 * i] as number, spans[2 * i + 1] as number]);
    }),
  );
