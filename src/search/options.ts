import type { Filter } from '../filter/filter.ts';
import type { Effort } from '../rerank/effort.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { RerankerPart } from '../rerank/reranker-plan.ts';
import type { Document } from '../types.ts';
import type { Collapse } from './collapse.ts';
import type { FirstStage } from './first-stage.ts';
import type { Fusion } from './fuse.ts';
import type { OptionsAt } from './plan.ts';
import type { SearchResult } from './results.ts';

/** What the plan has for `search`; said here are the ranges and defaults that an editor shows. */
export interface SearchOptions<D = Document> extends OptionsAt<'search'> {
  /** Documents that go from the first stage to the reranker, 1 to 10,000. @default 25 */
  readonly candidates?: number;
  /** Results that come back, 1 to 10,000. @default 5 */
  readonly top?: number;
  /** Results left out before the first, 0 to 9,999; with `top` it is at most `candidates`. A page continues the one before it. @default 0 */
  readonly offset?: number;
  /**
   * Where the page before ended, the `nextCursor` of its answer, or "*" for the first page. The query and all options that decide the order must be
   * the same; `top` may differ. Nothing is retrieved or reranked again. @default none
   */
  readonly cursor?: string;
  /** @default dense */
  readonly firstStage?: FirstStage;
  /** Fields that the reranker reads, in order. @default the fields that the index was made from */
  readonly rankFields?: readonly string[];
  /** Put each field's name before its words, one line per field: "title: …"; token vectors of the index are then not used. @default false */
  readonly fieldLabels?: boolean;
  /** How a hybrid first stage is fused: `linear` by cosine + weight · BM25 / the query's upper bound, `rrf` by reciprocal ranks, or by the `scores` of each list from 0 to 1. @default linear, and of a first stage with `sparse` rrf */
  readonly fusion?: Fusion;
  /** What the words can add to the cosine at most, 0 to 1; of fusion `linear` alone. @default 0.1 */
  readonly linearWeight?: number;
  /** Share of the dense list, 0 to 1; of fusion `rrf` and `scores` alone. @default the same for each list */
  readonly denseWeight?: number;
  /** Share of the sparse list, 0 to 1, in a first stage that fuses it with others. @default the same for each list */
  readonly sparseWeight?: number;
  /** The k of reciprocal ranks, 1 to 10,000; of fusion `rrf` alone. @default 60 */
  readonly rrfK?: number;
  /** Another reranker than the index's, several one after the other, or null for the first stage alone. */
  readonly reranker?: Reranker | readonly Reranker[] | null;
  /**
   * How many candidates the cross-encoder of `default` reads: as long as they are expected to change the first ten, at most 20 (`low`, `normal`) or
   * 40 (`high`); all (`exhaustive`); or so many, 1 to 10,000. @default normal
   */
  readonly effort?: Effort;
  /** What the reranker is to judge by, in words, for models that were trained on it (docs/models.md); others refuse it. @default the model's own */
  readonly instruction?: string;
  /** Which documents may be found: `'year >= 2018'`, `{ year: { gte: 2018 } }`; see docs/filters.md. @default all */
  readonly filter?: Filter;
  /** [dimensions] The query's vector, of any length but 0, by the model that made those of the index. @default the embedder makes it of the query */
  readonly vector?: readonly number[] | Float32Array;
  /** Times the BM25 of each candidate is added to the score of the last stage, 0 to 1; probabilities stay those without it, see docs/reranking.md. @default 0 */
  readonly wordsWeight?: number;
  /** Keep only what is at least so likely to be relevant, 0 to 1; it needs a reranker whose scores are probabilities. @default none */
  readonly minScore?: number;
  /** How unlike each other results shall be, 0 to 1: maximal marginal relevance over their vectors, with at most 1,000 candidates. @default 0 */
  readonly diversity?: number;
  /** Texts that give up their places to a better one: `equal` but for case and white space, or `near` (of at most 1,000 candidates). @default equal */
  readonly collapse?: Collapse;
  /** A field of which each value comes once, as its best document; `top` counts groups. What has no value is a group by itself. @default none */
  readonly groupBy?: string;
  /** Documents of each group, 1 to 100, the best one included; the others stand in its `group.further`. @default 1 */
  readonly perGroup?: number;
  /** Fields by which the candidates are put in order, once they are ranked and cut by `minScore`; `-year` has the greatest first. @default the best first */
  readonly sort?: string | readonly string[];
  /** Fields whose values are counted, over all documents that fit the filter. @default none */
  readonly facets?: string | readonly string[];
  /** Values that come of each facet, 1 to 1,000, the most frequent ones. @default 10 */
  readonly facetValues?: number;
  /** Return the fields of each document. @default false */
  readonly documents?: boolean;
  /** Give of each result a `snippet`, see docs/reranking.md; a local reranker reads sentences of the first 20 for it, unless there is a deadline. @default false */
  readonly snippets?: boolean;
  /** Return what each stage of the reranker gave. @default false */
  readonly stages?: boolean;
  /** Say of each result why it stands where it stands; takes a few model runs a result, after the deadline too. @default false */
  readonly explain?: boolean;
  /** Milliseconds for the whole search; when they are over, the best order so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
  /** Called with the first stage's results at once, and with each sharper order, before the last one is returned; the last time with snippets by words, where a reranker reads on for them. */
  readonly onUpdate?: (results: readonly SearchResult<D>[]) => void;
}

/** What the plan has for `rerank`, likewise. `T`: what the documents are. */
export interface RerankOptions<T extends RerankDocument = Document> extends OptionsAt<'rerank'> {
  /**
   * Who ranks: a name (`default`, `late-interaction`, a cross-encoder, `vendor:model`), what `createReranker` gives, a reranker or a reranking model of
   * yours, or several, which are a cascade. What is named is opened when it is first needed, and shared by all later calls. @default default
   */
  readonly model?: RerankerPart | readonly RerankerPart[];
  /** Results that come back, 1 to 100,000. @default all */
  readonly top?: number;
  /** Results left out before the first, 0 to 100,000. @default 0 */
  readonly offset?: number;
  /** Fields that are read, in order. @default of each document its own: title and text where it has them, otherwise all that hold words */
  readonly fields?: readonly (FieldOf<T> | OtherField)[];
  /** Put each field's name before its words, one line per field: "title: …". @default false */
  readonly fieldLabels?: boolean;
  /**
   * How many candidates the cross-encoder of `default` reads: as long as they are expected to change the first ten, at most 20 (`low`, `normal`) or
   * 40 (`high`); all (`exhaustive`); or so many, 1 to 10,000. @default normal
   */
  readonly effort?: Effort;
  /** What the reranker is to judge by, in words, for models that were trained on it (docs/models.md); others refuse it. @default the model's own */
  readonly instruction?: string;
  /** Keep only what is at least so likely to be relevant, 0 to 1. @default none: everything is kept */
  readonly minScore?: number;
  /** The same of the documents given; `near` compares at most 1,000. @default off: all come back */
  readonly collapse?: Collapse;
  /** Give of each result a `snippet`, see docs/reranking.md; a local reranker reads sentences of the first 20 for it, unless there is a deadline. @default false */
  readonly snippets?: boolean;
  /** Return what each stage gave. @default false */
  readonly stages?: boolean;
  /** Say of each result why it stands where it stands; takes a few model runs a result, after the deadline too. @default false */
  readonly explain?: boolean;
  /** Milliseconds; afterwards the best so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
}

export type { FirstStage } from './first-stage.ts';

/**
 * What `rerank` takes as a document: a text, which is a document with the one field `text`; an object of fields; or one beside its id. Without an
 * id it is the place in the list.
 */
export type RerankDocument = string | object;

/** Any other name, beside those that an editor offers. */
type OtherField = string & Record<never, never>;

/** Names that `fields` has for documents of this type: those of the document where it stands beside its id. */
export type FieldOf<T> = T extends string
  ? 'text'
  : T extends { readonly id: string | number; readonly document: infer Inner extends object }
    ? Extract<keyof Inner, string>
    : Extract<keyof T, string>;

/** The same by the names that search has, for a reranker that is at hand. */
export interface ListOptions extends Omit<RerankOptions, 'model' | 'fields'> {
  readonly rankFields?: readonly string[];
}
