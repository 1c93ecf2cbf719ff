import type { ReadDocument } from '../types.ts';
import { firstBatchSize } from './batch-size.ts';

/** A new index looks at so much before it decides what is read: as many documents as its first batch has, or this many characters of JSON. */
const LOOKAHEAD_CHARACTERS = 16_000_000;

/** The same documents, all that a decision may rest on told of before the first of them. */
export async function* lookedAhead(
  documents: AsyncIterable<ReadDocument>,
  decide: ((first: readonly ReadDocument[]) => void) | undefined,
): AsyncGenerator<ReadDocument> {
  let first: ReadDocument[] | undefined = decide === undefined ? undefined : [];
  let characters = 0;
  for await (const read of documents) {
    if (first === undefined) {
      yield read;
      continue;
    }
    first.push(read);
    characters += read.bytes ?? JSON.stringify(read.document).length;
    if (first.length < firstBatchSize && characters < LOOKAHEAD_CHARACTERS) continue;
    decide?.(first);
    yield* first;
    first = undefined;
  }
  if (first === undefined || first.length === 0) return;
  decide?.(first);
  yield* first;
}
