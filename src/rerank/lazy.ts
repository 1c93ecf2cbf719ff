import type { Reranker } from './reranker.ts';

/** A reranker that is opened when it is first needed; what could not be opened is tried again. */
export const lazyReranker = (fingerprint: string, open: () => Promise<Reranker>): Reranker => {
  let opened: Promise<Reranker> | undefined;
  const inner = (): Promise<Reranker> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    fingerprint,
    score: async (query, candidates, options) => (await inner()).score(query, candidates, options),
    explain: async (query, candidate, options) => (await (await inner()).explain?.(query, candidate, options)) ?? [],
    mapStages: (change) =>
      lazyReranker(fingerprint, async () => {
        const one = await inner();
        return one.mapStages?.(change) ?? change(one);
      }),
    warm: async () => (await inner()).warm?.(),
    close: async () => (await opened?.catch(() => undefined))?.close?.(),
  };
};
