import type { Probe, Store } from '../store/store.ts';
import type { Document, Hit, TokenForm } from '../types.ts';

/** How many times more are asked for when too few fit, and when none did. */
const MORE = 4;
const MANY_MORE = 16;

/**
 * The best `count` hits that fit, with their token vectors where a form is given. The store is asked for more and more, up to all it has,
 * until enough fit. An index that is approximate is not used: it would miss some of what fits.
 */
export const findFitting = async (
  store: Pick<Store, 'find' | 'read'>,
  probe: Probe,
  count: number,
  form: TokenForm | undefined,
  fits: ((document: Document) => boolean) | undefined,
): Promise<Hit[]> => {
  if (fits === undefined) return store.find(probe, count, { tokens: form !== undefined });
  for (let asked = count * MORE; ; ) {
    const hits = await store.find(probe, asked, { exact: true });
    const found = hits.filter(({ document }) => fits(document));
    if (found.length >= count || hits.length < asked) return withTokens(store, found.slice(0, count), form, fits);
    asked *= found.length === 0 ? MANY_MORE : MORE;
  }
};

/** Token vectors are brought only for what fits: they are most of the bytes. A document that was changed meanwhile comes as it is now. */
const withTokens = async (
  store: Pick<Store, 'read'>,
  hits: readonly Hit[],
  form: TokenForm | undefined,
  fits: (document: Document) => boolean,
): Promise<Hit[]> => {
  if (form === undefined || hits.length === 0) return [...hits];
  const found = new Map<string, Hit>();
  const scores = new Map(hits.map(({ id, score }) => [id, score]));
  for await (const { id, document, tokens, vector } of store.read([...scores.keys()])) {
    if (!fits(document)) continue;
    found.set(id, {
      id,
      score: scores.get(id) as number,
      document,
      tokens: tokens === undefined ? undefined : { form, data: tokens, vector },
    });
  }
  return hits.flatMap(({ id }) => found.get(id) ?? []);
};
