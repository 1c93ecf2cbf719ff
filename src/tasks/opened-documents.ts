import type { ReadDocument } from '../types.ts';

/** The first of some documents, and all of them. */
export async function opened(documents: AsyncGenerator<ReadDocument>) {
  const first = await documents.next();
  const all = async function* (): AsyncGenerator<ReadDocument> {
    try {
      if (!first.done) yield first.value;
      yield* documents;
    } finally {
      await documents.return(undefined);
    }
  };
  return { first: first.done ? undefined : first.value, all: all() };
}
