/** What work hands out bit by bit, as a stream: it waits until each is taken, and ends where who takes them leaves. */
export async function* handOver<Item>(run: (put: (item: Item) => Promise<void>) => Promise<void>): AsyncGenerator<Item> {
  const left = new Error('no one takes more');
  let [put, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let item: { readonly value: Item } | undefined;
  let ended: { readonly error?: unknown } | undefined;
  let isOver = false;
  const work = run(async (value) => {
    if (isOver) throw left;
    item = { value };
    put.resolve();
    await taken.promise;
    taken = Promise.withResolvers();
    if (isOver) throw left;
  }).then(
    () => {
      ended = {};
      put.resolve();
    },
    (error) => {
      ended = { error };
      put.resolve();
    },
  );
  try {
    for (;;) {
      await put.promise;
      put = Promise.withResolvers();
      if (item !== undefined) {
        const { value } = item;
        item = undefined;
        yield value;
        taken.resolve();
      } else if (ended !== undefined) {
        if (ended.error !== undefined) throw ended.error;
        return;
      }
    }
  } finally {
    isOver = true;
    taken.resolve();
    await work;
  }
}
