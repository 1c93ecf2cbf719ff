import type { Rankable, Ranked } from '../../src/search/rank.ts';

/** A ranking, best first, as `rankCandidates` gives one. */
export function rankingOf(all: readonly { readonly id: string; readonly relevance: number; readonly document?: Rankable['document'] }[]): {
  readonly ranked: Ranked;
  readonly candidates: readonly Rankable[];
} {
  const order = all.map(({ id, relevance }, index) => ({ id, index, relevance, score: relevance, stage: 0 }));
  return {
    ranked: { order, cut: 0, usage: {}, complete: true, calibrated: false, stages: [] },
    candidates: all.map(({ id, document = {} }) => ({ id, document })),
  };
}
