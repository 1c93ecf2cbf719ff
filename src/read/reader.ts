import type { ReadDocument } from '../types.ts';
import type { Source } from './source.ts';

/** A format of documents. Unpacking, names, gates and the choice of a reader are done above it, in `read.ts`. */
export interface Reader {
  /** As users name the format; several readers of one name differ by extension. */
  readonly name: string;
  /** Of files that are read so, lowercase, without the dot. */
  readonly extensions: readonly string[];
  /** Whether an input that begins with this text is surely of this format. `head`: without white space at its start, and up to 1 MiB long. */
  recognise(head: string): boolean;
  /** The documents one at a time, in order, each with its place; what comes before a broken place is given before the error. */
  read(source: Source): AsyncIterable<ReadDocument>;
}
