/** What the checks of a collection find. */

/** The first 20 of what was found, the gravest first, and how many there are. */
export interface Findings<T> {
  readonly count: number;
  readonly shown: readonly T[];
}

/** At most this many of a kind are shown, and of the members of a group. */
export const SHOWN = 20;

/** Queries of the same words, or of nearly the same: see `duplicateQueries`. */
export interface DuplicateQueries {
  /** Ids; the first 20 of `size`. */
  readonly queries: readonly string[];
  readonly size: number;
  /** Whether all of them are the same word for word. */
  readonly equal: boolean;
  /** Documents that are judged relevant for one of them and not relevant for another. */
  readonly contradictions: Findings<{ readonly document: string; readonly relevantFor: string; readonly notFor: string }>;
}

/** A query of five words and more that stands word for word in a document. */
export interface Leak {
  readonly query: string;
  readonly document: string;
  /** Absent when no one judged this pair; 1 and more is relevant. */
  readonly grade?: number;
}

/** A document that is as good as a relevant one and does not count as relevant. */
export interface UnfairJudgment {
  readonly query: string;
  readonly relevant: string;
  readonly other: string;
  /** Of `other`; absent when no one judged it. */
  readonly grade?: number;
}

/** Documents that are the same word for word, or nearly: see `nearDocuments`. */
export interface DuplicateDocuments {
  /** Ids; the first 20 of `size`. */
  readonly documents: readonly string[];
  readonly size: number;
  readonly equal: boolean;
  /** Pairs of a query and a document that is punished: those that were judged come before those that no one judged. Counted among the first 1,000 members. */
  readonly unfair: Findings<UnfairJudgment>;
}

export interface CollectionChecks {
  /** Documents that were seen. */
  readonly documents: number;
  /** Queries that were checked: those with a text and with judgments, because no other counts in a mean. */
  readonly queries: number;
  /** Groups; those that contradict themselves come first. */
  readonly duplicateQueries: Findings<DuplicateQueries>;
  /** Pairs of query and document; the relevant ones come first. */
  readonly leaks: Findings<Leak> & { readonly queries: number; readonly relevant: number };
  /** Groups; the unfair ones come first. */
  readonly duplicateDocuments: Findings<DuplicateDocuments> & {
    /** Documents in all groups. */
    readonly documents: number;
    /** Pairs of a query and a document that is punished, in all groups. */
    readonly unfair: number;
  };
  /** At most one sentence for each kind of finding; empty when all is well. */
  readonly warnings: readonly string[];
}
