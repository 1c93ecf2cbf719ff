import type { ReadDocument } from '../types.ts';
import type { Source } from './source.ts';

/** A format of documents. Unpacking, names, gates and the choice of a reader are done above it, in `read.ts`. */
export interface Reader {
  /** As users name the format; several readers of one name differ by extension. */
  readonly name: string;
  /** Of files that are read so, lowercase, without the dot; of a file without one it is its name. */
  readonly extensions: readonly string[];
  /** Whether an input that begins with this text is surely of this format. `head`: without white space at its start, and up to 1 MiB long. */
  recognise(head: string): boolean;
  /** The documents one at a time, in order, each with its place; what comes before a broken place is given before the error. */
  read(source: Source): AsyncIterable<ReadDocument>;
}

/** A file's extension before `.gz`, in lower case; of a name without a dot, all of it (`Makefile`). */
export function extensionOf(path: string): string {
  const name = path.replace(/^.*[/\\]/, '').toLowerCase();
  return (/\.([^.]+?)(?:\.gz)?$/.exec(name)?.[1] ?? name.replace(/\.gz$/, '')).trim();
}

/** The documents, the first behind the place where it was seen with a note on the encoding that the source is in. */
export async function* withEncodingNote(source: Source, documents: AsyncIterable<ReadDocument>): AsyncGenerator<ReadDocument> {
  let isNoted = false;
  for await (const read of documents) {
    const encoding = isNoted ? undefined : source.encoding();
    if (encoding === undefined) {
      yield read;
      continue;
    }
    isNoted = true;
    yield { ...read, notes: [...(read.notes ?? []), { kind: 'encoding', where: source.name, reason: encoding }] };
  }
}
