import { serve } from '../child.ts';

export interface ListRequest {
  readonly query: string;
  readonly texts: readonly string[];
}

export interface ListAnswer {
  /** Texts to scores, tokenising included. */
  readonly milliseconds: number;
  /** Processor time of all threads meanwhile, milliseconds: what others on the machine change least. */
  readonly processor: number;
  readonly scores: readonly number[];
}

/** Answers lists; the time is that of `score` alone. */
export const serveList = (score: (query: string, texts: readonly string[]) => Promise<readonly number[]>): void =>
  serve(async ({ query, texts }: ListRequest): Promise<ListAnswer> => {
    const [started, used] = [performance.now(), process.cpuUsage()];
    const scores = await score(query, texts);
    const { user, system } = process.cpuUsage(used);
    return { milliseconds: performance.now() - started, processor: (user + system) / 1000, scores };
  });
