import { serve } from '../child.ts';

export interface ListRequest {
  readonly query: string;
  readonly texts: readonly string[];
}

export interface ListAnswer {
  /** Texts to scores, tokenising included. */
  readonly milliseconds: number;
  readonly scores: readonly number[];
}

/** Answers lists; the time is that of `score` alone. */
export const serveList = (score: (query: string, texts: readonly string[]) => Promise<readonly number[]>): void =>
  serve(async ({ query, texts }: ListRequest): Promise<ListAnswer> => {
    const started = performance.now();
    const scores = await score(query, texts);
    return { milliseconds: performance.now() - started, scores };
  });
