import { throwIfStopped } from '../errors.ts';
import { originOf } from '../search/embedded.ts';
import { titleOf } from '../search/title.ts';
import { indexMissing } from '../store/index-changes.ts';
import type { Store } from '../store/store.ts';
import type { CallOptions, ReadDocument } from '../types.ts';
import { openStore, shownName } from './store.ts';

/**
 * The documents of an index with their vectors, in any order: `index.addRead` of another index of the same model embeds none of them again. What others
 * write meanwhile may or may not be among them.
 *
 * @param where a folder, the address of an index in a database, or a store of your own, which is not closed
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { readIndex } from 'finetooth/stores';
 *
 * const copy = await openIndex('memory:', { create: true });
 * const { added, reused } = await copy.addRead(readIndex('./movies'));
 * console.log(added === reused); // true
 * await copy.close();
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED, E_LOCKED when the index is made again meanwhile, E_STOPPED
 */
export async function* readIndex(where: string | Store, { signal }: CallOptions = {}): AsyncGenerator<ReadDocument, void, undefined> {
  const store = typeof where === 'string' ? openStore(where) : where;
  const name = typeof where === 'string' ? shownName(where) : 'the store';
  try {
    const manifest = await store.open();
    if (manifest === undefined) throw indexMissing(name);
    const by = originOf(manifest);
    for await (const { id, document, textHash, vector, tokens, sparse, place, further = [], title: packed } of store.get('all', FIELDS)) {
      throwIfStopped(signal);
      const first = { vector, tokens: tokens?.length === 0 ? undefined : tokens, sparse, place };
      const title = packed && { text: titleOf(document, manifest) ?? '', packed };
      yield { id, document, where: `${name} document "${id}"`, embedded: { passages: [first, ...further], by, textHash, title } };
    }
  } finally {
    if (typeof where === 'string') await store.close();
  }
}

const FIELDS = ['document', 'textHash', 'vector', 'tokens', 'sparse', 'place', 'further', 'title'] as const;
