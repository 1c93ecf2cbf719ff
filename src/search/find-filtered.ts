import type { FindOptions, Probe, Store } from '../store/store.ts';
import type { Document, Hit } from '../types.ts';

/** How many times more are asked for when too few fit. */
const MORE = 4;

/**
 * The best `count` hits that fit. The store is asked for more and more, up to all it has, until enough fit: nothing that fits is missed, and a
 * filter that few documents fit costs a scan.
 */
export const findFitting = async (
  store: Pick<Store, 'find'>,
  probe: Probe,
  count: number,
  options: FindOptions,
  fits: ((document: Document) => boolean) | undefined,
): Promise<Hit[]> => {
  if (fits === undefined) return store.find(probe, count, options);
  for (let asked = count * MORE; ; asked *= MORE) {
    // Token vectors are brought only for what fits: they are most of the bytes.
    const hits = await store.find(probe, asked);
    const found = hits.filter(({ document }) => fits(document)).slice(0, count);
    if (found.length < count && hits.length === asked) continue;
    if (!options.tokens || found.length === 0) return found;
    const wanted = new Set(found.map(({ id }) => id));
    return (await store.find(probe, hits.findIndex(({ id }) => id === found.at(-1)?.id) + 1, options)).filter(({ id }) => wanted.has(id));
  }
};
