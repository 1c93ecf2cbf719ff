/** Things by a key, each opened by whoever asks first, and once for all; what could not be opened is tried again by the next. */
export interface OpenOnce<T> {
  get(key: string, open: () => Promise<T>): Promise<T>;
  /** Gives everything that was opened to `end`. */
  close(end: (one: T) => Promise<unknown> | undefined): Promise<void>;
}

export function createOpenOnce<T>(): OpenOnce<T> {
  const opened = new Map<string, Promise<T>>();
  return {
    get: (key, open) => {
      const known = opened.get(key);
      if (known !== undefined) return known;
      const opening = open();
      opened.set(key, opening);
      opening.catch(() => {
        if (opened.get(key) === opening) opened.delete(key);
      });
      return opening;
    },
    close: async (end) => {
      const found = await Promise.all([...opened.values()].map((one) => one.catch(() => undefined)));
      await Promise.all(found.map((one) => (one === undefined ? undefined : end(one))));
    },
  };
}
