/** The nouns of search. Shapes, units and orders are stated here once. */

/** What a field of a document may hold: anything that JSON can. */
export type FieldValue = string | number | boolean | null | readonly FieldValue[] | { readonly [key: string]: FieldValue };

/** A user's document: named fields. All of them are stored and returned; one that is undefined is as one that is not there. */
export type Document = { readonly [field: string]: FieldValue | undefined };

/** A value as JSON gives it back: a date is its text in ISO 8601. */
export type Json<T> = FieldValue extends T
  ? T
  : T extends { toJSON(key?: string): infer Text }
    ? Text
    : T extends object
      ? string extends keyof T
        ? T
        : { [Name in keyof T]: Json<T[Name]> }
      : T;

/** A document of type `T` as an index gives it back: `T` itself where all of it is JSON. */
export type Stored<T> = Json<T> extends T ? T : Json<T>;

/** What a reader could not take as it stands and took all the same, or left out. */
export interface ReadNote {
  readonly kind:
    | 'yaml'
    | 'toml'
    | 'repeated-key'
    | 'open-front-matter'
    | 'by-key'
    | 'odd-header'
    | 'encoding'
    | 'dead-link'
    | 'unreadable'
    | 'link-outside'
    | 'ignored'
    | 'other-format'
    | 'no-text'
    | 'by-lines'
    | 'taken-for-lines';
  /** `notes/whales.md line 2` */
  readonly where: string;
  /** Why, as half a sentence; '' where the kind says it all. Of what could not be read, the sentence of its error. */
  readonly reason: string;
  /** The code of that error. */
  readonly code?: string;
  /** Of a file or folder that could not be read: the id of its document, or what stands before "#" or "/" in those of its documents. */
  readonly path?: string;
}

/** A document as it was read, with the place it came from, for errors: `movies.jsonl line 3`. */
export interface ReadDocument {
  readonly document: Document;
  readonly where: string;
  /** What a user should know about the reading of this document, or of what was left out before it. */
  readonly notes?: readonly ReadNote[];
  /** The id that the source itself gives (a path in a folder); a field named `id` or `_id` is not repeated here. */
  readonly id?: string;
  /** Fields whose own text held half a character (a lone surrogate), which stands there as U+FFFD now: such a text is no id. @default none */
  readonly mended?: readonly string[];
  /** Bytes that it took in its source, where they are counted; they bound a batch. */
  readonly bytes?: number;
  /** The line of the source that its field `text` begins in, from 1, where it stands there as it is. */
  readonly line?: number;
  /** Its vectors, where the source brings them: it is not embedded then. */
  readonly embedded?: Embedded;
}

/** The vectors of a document that was embedded elsewhere. */
export interface Embedded {
  /** Of its passages in text order, at least one. */
  readonly passages: readonly EmbeddedPassage[];
  /** Hash of the text that they were made of, as the origin has it; absent where they hold whatever the text is. */
  readonly textHash?: string;
  /** What names it by the origin, and the vectors of that as they are kept there, see `packTitle`; only where they are. */
  readonly title?: { readonly text: string; readonly packed: Uint8Array };
  /** The index that they come from; absent: they are the user's own, and hold whatever the text is. */
  readonly by?: Origin;
}

export interface EmbeddedPassage {
  /** [dimensions], length 1. */
  readonly vector: Float32Array;
  /** Token vectors in the form of the origin; only where it has one. */
  readonly tokens?: Uint8Array;
  /** The weights of its tokens by the sparse model of the origin; only where it has one. */
  readonly sparse?: Uint8Array;
  /** Absent: it is the whole text. */
  readonly place?: PassagePlace;
}

/** How an index uses a local model that can be used in several ways; what is absent is as the model has it. */
export interface EmbeddingForm {
  /** Numbers of a vector: the first so many, made length 1 again. */
  readonly dimensions?: number;
  /** Names of the model's prompts that stand before queries, and before documents. */
  readonly queryPrompt?: string;
  readonly documentPrompt?: string;
}

/** What an index was made with, as far as its vectors mean anything elsewhere. */
export interface Origin {
  /** The embedder's fingerprint. */
  readonly embedder: string;
  /** The name by which the embedder is opened again, where it has one. */
  readonly model?: string;
  readonly dimensions: number;
  readonly form?: EmbeddingForm;
  /** Fields that make the text, in order. */
  readonly fields: readonly string[];
  readonly tokens?: TokenForm;
  /** What weighed the tokens of its passages: fingerprint, and the name by which it is opened again. */
  readonly sparse?: { readonly embedder: string; readonly model?: string };
  readonly splitter?: string;
  readonly idField?: string;
  /** The field that vectors were taken from; absent where the embedder made them of the text. */
  readonly vectorField?: string;
  /** By field the type of its values. */
  readonly filterable?: Readonly<Record<string, string>>;
  /** Languages whose words are stemmed, and the field that names that of a document; absent: English. */
  readonly languages?: readonly string[];
  readonly languageField?: string;
  /** The field whose text is compared by itself too; null: none was wanted. */
  readonly titleField?: string | null;
}

/** One answer of a first stage. `score` is higher for better; its scale belongs to the stage. */
export interface Hit {
  readonly id: string;
  readonly score: number;
  readonly document: Document;
  /** Only where they were asked for, from an index that keeps them. */
  readonly tokens?: TokenVectors;
  /** The same of its title alone, where the index keeps that. */
  readonly titleTokens?: TokenVectors;
  /** Which passage of its text was found, the best one; absent where the text is a single one. */
  readonly passage?: PassagePlace;
  /** Only where it was asked for: what a search by the other, vector or words, gives the document. */
  readonly other?: OtherScore;
  /** BM25 of its best passage; only where the words weigh in the second stage. */
  readonly bm25?: number;
}

export interface OtherScore {
  /** Cosine or BM25 of the document's best passage, whichever passage was found; 0 where it shares no word. */
  readonly score: number;
  /**
   * What no document can exceed: 1 for a vector. For words their upper bound, the sum of idf · (k1 + 1) over those that are in the index, a word that is
   * asked twice counting twice; 0 where none is.
   */
  readonly most: number;
}

/** Where a passage of a text is. */
export interface PassagePlace {
  readonly span: Span;
  /** The line of its source that it begins in, from 1, where the source has lines. */
  readonly line?: number;
}

/** Row-major [count × dimensions]; every row has length 1 (L2). */
export interface Vectors {
  readonly data: Float32Array;
  readonly dimensions: number;
  readonly count: number;
  /**
   * [count] Tokens left out of each text because the model's window was full; absent when none were. At least so many of a text of more than 65,536
   * characters, which a local model's tokenizer does not read to its end.
   */
  readonly truncatedTokens?: Uint32Array;
  /** [count] The L2 length that each vector had before it was made 1; absent when the embedder does not know. */
  readonly lengths?: Float32Array;
  /** [count] Tokens that went through the model, special tokens included; absent when the embedder does not know. */
  readonly tokens?: Uint32Array;
  /** [count] Packed token vectors of each text, in the form that was asked for. */
  readonly tokenVectors?: readonly Uint8Array[];
  /** What the call used, where that is not known text by text. */
  readonly usage?: Usage;
}

/** Weights of the tokens of a model's vocabulary: most have none. */
export interface SparseVector {
  /** Numbers of the tokens, ascending, each once. */
  readonly ids: Uint32Array;
  /** [ids] Above 0. */
  readonly weights: Float32Array;
}

/** How the token vectors of a document are kept. */
export interface TokenForm {
  /** Numbers of a token vector. */
  readonly size: number;
  /** Bits of each number: 8 and 4 are evenly spaced steps, 1 is the sign. */
  readonly bits: 1 | 4 | 8;
  /** Tokens that become one: means of the most similar ones. 1: every token is kept. */
  readonly pool: number;
}

/** What an index keeps of a text for late interaction. */
export interface TokenVectors {
  readonly form: TokenForm;
  /** Packed tokens one after another, `size × bits / 8` bytes each. */
  readonly data: Uint8Array;
  /** The text's own vector, length 1. */
  readonly vector: Float32Array;
}

/** Where a part of a text begins and ends, in characters (UTF-16 units), the end not included. */
export type Span = readonly [from: number, to: number];

/** What models did not read, since it did not fit their windows. */
export interface Truncated {
  /** Tokens at the end of the query, the most that any of them left out; 1 and up. */
  readonly query: number;
}

/** What a piece of work used. */
export interface Usage {
  /** Tokens that went through models, special tokens included. */
  readonly tokens?: number;
  /** US dollars; absent where no price is known. */
  readonly cost?: number;
  /** Requests that were sent to hosted models, those that failed included; absent where none was. */
  readonly requests?: number;
  /** Part of the cost is an estimate: a vendor did not say what it counted, or whether it bills a request that failed. */
  readonly estimated?: true;
  /** Part of the work has no known price and is not in the cost. */
  readonly unpriced?: true;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a piece of long work reports while it runs. */
export interface Progress {
  readonly done: number;
  /** Absent when the end is not known. */
  readonly total?: number;
  readonly unit: string;
}

/** How the scores of late interaction lie in the lists of a collection: what a score is worth differs more between collections than between queries. */
export interface ScoreSpread {
  /** Mean over the lists of the mean of their scores. */
  readonly mean: number;
  /** Mean over the lists of the standard deviation of their scores. Above 0. */
  readonly deviation: number;
  /** Documents that there were when it was measured. */
  readonly documents: number;
}
