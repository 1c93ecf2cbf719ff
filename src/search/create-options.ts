import type { FieldTypes } from '../filter/filter.ts';
import type { EmbeddingForm, TokenForm } from '../types.ts';

/** As the sparse model: none. */
export const withoutSparse = 'none';
/** As the field of titles: none. */
export const withoutTitle = 'none';

/** How a new index uses its model; undefined where nothing of it is said. */
export function formOf({ dimensions, queryPrompt, documentPrompt }: EmbeddingForm): EmbeddingForm | undefined {
  return dimensions === undefined && queryPrompt === undefined && documentPrompt === undefined
    ? undefined
    : { dimensions, queryPrompt, documentPrompt };
}

/** What a new index is made with. */
export interface CreateOptions {
  /** Fields that make the text, in order. @default those that most of the first 256 documents would be read by, see `defaultFields` */
  readonly fields?: readonly string[];
  /** Field that holds the id, in every document. @default `_id` or `id`; the id of a document without one comes from its content */
  readonly idField?: string;
  /** How token vectors are kept, for late interaction without reading candidates again; null: not at all. @default `defaultTokens` */
  readonly tokens?: Partial<Pick<TokenForm, 'bits' | 'pool'>> | null;
  /**
   * What fields hold, by which filters compare them, and are fast: numbers and dates may stand in texts. It goes before what is inferred of these
   * fields; of others what all values of the first 256 documents are is the type, see docs/filters.md. At most 100. @default inferred
   */
  readonly types?: FieldTypes;
  /** Numbers of a vector that are kept, the first ones, where the local model was trained for that (Matryoshka); queries follow. 1 to 65,536. @default all */
  readonly dimensions?: number;
  /** Name of the local model's prompt that stands before queries. @default the model's own for queries */
  readonly queryPrompt?: string;
  /** Name of the local model's prompt that stands before documents. @default the model's own for documents */
  readonly documentPrompt?: string;
  /** Split texts longer than the embedder's window into passages, where store and embedder can; `off`: a document is one. @default auto */
  readonly passages?: 'auto' | 'off';
  /**
   * A local sparse model by name, which weighs the tokens of each passage: a first stage by them is then to be had, see docs/sparse.md. `none`: no weights, where an index is
   * made again. @default none
   */
  readonly sparseModel?: string;
  /**
   * Field that holds the vector of each document, which is then not embedded, and has one vector however long it is: see docs/vectors.md. The field is
   * not kept. @default none: documents are embedded
   */
  readonly vectorField?: string;
  /**
   * Languages whose words are stemmed for BM25, by their codes (`de`): of several, each document's is told by `languageField`, and otherwise detected.
   * `none` alone stems nothing; `detect` alone takes the languages of the first 256 documents. @default English, or those that `languageField` names
   */
  readonly languages?: readonly string[];
  /** Field that names the language of each document: de, deu, de-AT or German. @default none */
  readonly languageField?: string;
  /**
   * Field that names a document rather than telling of it: late interaction scores it by itself too, and the larger score counts. `none`: no field. @default
   * the title, or the first field, of the first 256 documents where they are records: it is short, in nearly all another, and the rest much longer
   */
  readonly titleField?: string;
}
