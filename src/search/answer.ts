import type { Facet } from '../store/facets.ts';
import type { Document, Hit, Usage } from '../types.ts';
import type { FirstStage } from './options.ts';
import type { Provenance, SearchResult } from './results.ts';

/** Milliseconds of each stage; 0 for one that did not run. */
export interface Timings {
  readonly embed: number;
  readonly retrieve: number;
  readonly rerank: number;
  readonly total: number;
}

/** `D`: what the documents of the index are when they come back, `Result`: what stands in `results`. */
export interface SearchAnswer<D = Document, Result extends SearchResult<D> = SearchResult<D>> extends Provenance {
  readonly query: string;
  readonly firstStage: FirstStage;
  /** By which name the reranker was asked for: `default`; of one's own the fingerprint, of several joined by " > ". null: the first stage alone ranked. */
  readonly rankedBy: string | null;
  /** Model, weights and form of the score of what ranked; null when the first stage alone did. */
  readonly fingerprint: string | null;
  readonly results: readonly Result[];
  /** What `cursor` of the next page is; only where this one has a cursor, and more results follow. */
  readonly nextCursor?: string;
  /** In the order of the fields that were asked for; only where some were. */
  readonly facets?: readonly Facet[];
  /** Whether `relevanceScore` is a probability, of everything that a reranker scored. */
  readonly calibrated: boolean;
  /** False when the deadline stopped the work. */
  readonly complete: boolean;
  /** The first stage's list, best first, as it went to the reranker; none on a page after the first of a cursor, for which nothing is retrieved. */
  readonly candidates: readonly (Omit<Hit, 'document'> & { readonly document: D })[];
  /** Candidates of which the reranker could not read the end. */
  readonly cut: number;
  /** What the models used for this query, where they count. */
  readonly usage: Usage;
  readonly timings: Timings;
  /** What `rerank` of the timings is made of: each stage, in their order, and its milliseconds; absent where no reranker ran. */
  readonly rerankStages?: readonly { readonly name: string; readonly fingerprint: string; readonly took: number }[];
}
