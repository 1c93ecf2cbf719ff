import type { Document, SearchIndex } from '../../index.ts';
import { shown } from '../../wording/check-options.ts';
import { RequestError } from '../problem.ts';

/** Documents by their ids, in that order; those that are not there are left out. */
export async function documentsNamed(
  index: SearchIndex,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly document: Document }[]> {
  const found = new Map<string, Document>();
  if (index.manifest() !== undefined) for await (const { id, document } of index.store.get(ids, ['document'])) found.set(id, document);
  return ids.flatMap((id) => {
    const document = found.get(id);
    return document === undefined ? [] : [{ id, document }];
  });
}

export const documentMissing = (id: string, index: string): RequestError =>
  new RequestError('path', `there is no document ${shown(id)} in the index "${index}"; "search" gives ids as they are`, { param: 'id' });
