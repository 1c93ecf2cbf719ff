/** How alike the tokens of a query and of a text are: what late interaction adds up. */
export interface TokenMatches {
  /** Tokens as the model's tokenizer cuts them; `##` or `▁` as it marks them. */
  readonly query: readonly string[];
  readonly document: readonly string[];
  /** [query tokens × document tokens] Cosines. */
  readonly similarities: readonly (readonly number[])[];
  /** Of the two texts as wholes. */
  readonly cosine: number;
  /** Mean over the query's tokens of the largest cosine in its row. */
  readonly maxSim: number;
}

/** Why one stage gave a text its score, as far as it can say. */
export interface StageExplanation {
  /** Fingerprint of the stage. */
  readonly name: string;
  /** Of which text, where a title is scored by itself too. @default the document's */
  readonly of?: 'title';
  readonly tokens?: TokenMatches;
  /** The sentences of a long text that were read in place of it, in their order; `start` and `end` count characters. */
  readonly sentences?: readonly { readonly start: number; readonly end: number }[];
  /** Scores of the chunks of a long text, in their order; `start` and `end` count characters. */
  readonly parts?: readonly { readonly start: number; readonly end: number; readonly score: number }[];
}

export interface FieldExplanation {
  readonly field: string;
  readonly score: number;
  readonly relevance?: number;
  /** Of the relevance that the fields have, each alone, in sum, 0 to 1; absent where scores are no probabilities. */
  readonly share?: number;
}

/** A token that query and document share, in a first stage by a sparse model. */
export interface TokenWeight {
  /** As the model's vocabulary has it. */
  readonly token: string;
  readonly query: number;
  readonly document: number;
  /** What it adds to the score of the sparse list: their product. */
  readonly score: number;
}

/** Why a document stands where it stands. */
export interface Explanation {
  readonly stages: readonly StageExplanation[];
  /** Tokens by which a sparse model found it, what adds most first; only where the first stage is one by weights. */
  readonly weights?: readonly TokenWeight[];
  /** What the reranker gives each ranked field alone, those without words left out; none where no reranker ranked. */
  readonly fields: readonly FieldExplanation[];
}
