import { serve } from '../child.ts';
import { watchOthers } from '../others.ts';

/** One timed pass over the texts. */
export interface PassRequest {
  readonly texts: readonly string[];
  /** Send the vectors back: only in the warm-up, because it takes time. */
  readonly withVectors: boolean;
}

export interface PassAnswer {
  readonly milliseconds: number;
  /** Processors that anything but this process kept busy meanwhile, 0 to the number of cores: above 0.2 the pass was disturbed. */
  readonly othersCores: number;
  /** [texts × 384], when asked for. */
  readonly vectors?: Float32Array;
}

/** Where a contender finds the files that all of them share. */
export interface ContenderFiles {
  readonly modelPath: string;
  readonly tokenizerPath: string;
  /** Window in tokens: the same for all. */
  readonly maxTokens: number;
}

export const contenderFiles = (): ContenderFiles => JSON.parse(process.argv[2] ?? '{}') as ContenderFiles;

/** Answers passes; the time is that of `embed` alone. */
export const serveContender = (embed: (texts: readonly string[]) => Promise<Float32Array>): void =>
  serve(async ({ texts, withVectors }: PassRequest): Promise<PassAnswer> => {
    const others = watchOthers();
    const started = performance.now();
    const vectors = await embed(texts);
    const milliseconds = performance.now() - started;
    const pass = { milliseconds, othersCores: others() };
    return withVectors ? { ...pass, vectors } : pass;
  });

/** Threads that every contender may use. */
export const threads = 2;
