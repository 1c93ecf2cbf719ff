/** A store around another: an object with the functions of `Store`, here those of `memoryStore` with its writes counted. */

import { openIndex, type Store, search } from 'finetooth';
import { memoryStore } from 'finetooth/stores';

const counted = (inner: Store): Store & { readonly writes: () => number } => {
  let writes = 0;
  return {
    ...inner,
    upsert: (entries) => {
      writes += entries.length;
      return inner.upsert(entries);
    },
    writes: () => writes,
  };
};

const store = counted(memoryStore());
const index = await openIndex(store, { create: { fields: ['text'] } });
try {
  await index.add([
    { id: 'a', text: 'A film about bats.' },
    { id: 'b', text: 'The price of wheat.' },
  ]);
  await index.add([
    { id: 'a', text: 'A film about bats.' },
    { id: 'b', text: 'The price of barley.' },
  ]);
  console.log('writes:', store.writes());
  console.log((await search(index, 'grain market')).results.map(({ id }) => id));
} finally {
  await index.close();
}
