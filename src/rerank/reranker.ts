import type { ErrorCode } from '../errors.ts';
import type { CallOptions, ScoreSpread, Span, TokenVectors, Usage } from '../types.ts';
import { part } from '../wording/check-options.ts';
import type { Calibration } from './calibration.ts';
import type { Effort } from './effort.ts';
import type { StageExplanation } from './explanation.ts';

/** What a reranker may read of a candidate. */
export interface Candidate {
  readonly text: string;
  readonly id?: string;
  /** What an index keeps of the text's tokens, so that no one need read it again; only while `text` is what the index was made from. */
  readonly tokens?: TokenVectors;
  /** What names it, where late interaction shall score that by itself too: the larger score counts. Others read the text alone. */
  readonly title?: Pick<Candidate, 'text' | 'tokens'>;
}

/** What a reranker may be told beside the texts. */
export interface ScoreOptions extends CallOptions {
  /** Milliseconds from the call on; afterwards the best so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
  /** How many of the candidates the slowest stage reads, where there is a choice. @default the reranker's own, normal */
  readonly effort?: Effort;
  /** What the model is to judge by, in words; only for a reranker that takes it (`takesInstruction`). @default the model's own */
  readonly instruction?: string;
  /**
   * A candidate's score is the one that it has in any other list, to the last digit: every text is read alone, a cascade reads every candidate at every stage, and takes nothing from
   * how the list's scores spread. @default false: scores may differ by `tolerance`, and a cascade chooses by the list what it reads
   */
  readonly exact?: boolean;
  /** Called with scores as they sharpen, before the last ones are returned. */
  readonly onScores?: (scores: Scores) => void;
  /** How scores of late interaction lie on the collection, where an index knows it. @default that of the list, or the usual one of a short list */
  readonly spread?: ScoreSpread;
}

/** By what spread two scores were put together: of the collection, of the list that was given, or of passages in general. */
export type SpreadSource = 'collection' | 'list' | 'usual';

/** A reranker that was asked and could not rank. */
export interface RerankerFailure {
  /** Its fingerprint. */
  readonly reranker: string;
  readonly code: ErrorCode;
  /** The sentence of its error. */
  readonly why: string;
}

export interface StageScores {
  readonly name: string;
  readonly scores: Float32Array;
  /** Milliseconds that it took; absent where no one looked. */
  readonly took?: number;
}

/** What a reranker gave for a list; beside the scores only what the caller cannot know. */
export interface Scores {
  /** [count] Finite, higher is better; NaN only where it was not scored: `complete` is false, since time was up, or none of several `stages` ranks it. */
  readonly scores: Float32Array;
  /** [count] Probability that the candidate is relevant, 0 to 1, rising with the score; absent where none was fitted, NaN where the score is. */
  readonly relevance?: Float32Array;
  /** [count] Tokens left out of each candidate because the model's window was full; absent when none were. */
  readonly truncatedTokens?: Uint32Array;
  /** [count] Characters of each candidate's text that were passed over, since chosen sentences were read in its place; absent when none were. */
  readonly omittedCharacters?: Uint32Array;
  /** [count] Tokens left out of the query beside each candidate because the model's window was full; absent when it was read whole. */
  readonly queryTruncatedTokens?: Uint32Array;
  /** [count] The chunk of each candidate's text that gave the score, where the text was read in chunks; absent when none was. */
  readonly spans?: readonly (Span | undefined)[];
  /**
   * What each of several stages gave, [count] each, NaN where it did not score. A candidate that a later stage scored stands above one that it did
   * not; see `stageOf`. Absent: one stage scored all.
   */
  readonly stages?: readonly StageScores[];
  /** False when a deadline stopped the work. @default true */
  readonly complete?: boolean;
  /** What the call used; absent when no one counted. */
  readonly usage?: Usage;
  /** Fingerprint of what ranked, where it is not always the same. */
  readonly rankedBy?: string;
  /** Only of a cascade that combines scores by how they spread. */
  readonly spread?: SpreadSource;
  /** Why others did not rank that should have; absent when none was asked in vain. */
  readonly failures?: readonly RerankerFailure[];
  /** Sentences about what was done that no one asked for: a list that had to be sent in several requests. */
  readonly notes?: readonly string[];
}

/** A second stage: query and candidates to scores. A candidate's score does not depend on the other candidates, unless `kind` says so. */
export interface Reranker {
  /** Model, weights and form of the score. */
  readonly fingerprint: string;
  /** By which names it and its parts were asked for, by their fingerprints: what answers call them. @default by their fingerprints */
  readonly names?: ReadonlyMap<string, string>;
  /** What `relevance` is made from, where it is made from the scores: part of a cache's key, since it may change while the scores stay. */
  readonly calibration?: Calibration;
  /** What it was trained on, as ISO 639-1 codes, or `multilingual`: texts in other letters are told. @default not known */
  readonly languages?: readonly string[];
  /** `listwise`: its scores hold for the whole list alone, so it is asked once for all of it. @default pointwise */
  readonly kind?: 'pointwise' | 'listwise';
  /** Each call has its price, so a list is best scored in one. @default false */
  readonly pricedPerCall?: boolean;
  /** Characters that it reads of a text at most, about: longer ones take no longer. @default 2,048, the window of most models */
  readonly readCharacters?: number;
  /** Told `deadlineMs`, it answers in time with the best so far. @default false: it is asked for slices while there is time */
  readonly keepsDeadline?: boolean;
  /** By how much a score, as the model gives it, may differ with what else is in the list, unless it is `exact`. @default not at all */
  readonly tolerance?: number;
  /** Sentences without their full stops that hold for every answer: an option that has no effect. @default none */
  readonly notes?: readonly string[];
  /** Whether an `instruction` reaches the model, or one of several. @default false: it is refused */
  readonly takesInstruction?: boolean;
  /** Whether a candidate is scored as fast as its score is looked up: then no cache keeps it. @default none is */
  isCheap?(candidate: Candidate): boolean;
  /** One finite score per candidate, in input order. Sorting and cutting are the caller's. */
  score(query: string, candidates: readonly Candidate[], options?: ScoreOptions): Promise<Scores>;
  /** Why a candidate gets its score, stage by stage; absent where there is nothing to say. */
  explain?(
    query: string,
    candidate: Candidate,
    options?: Pick<ScoreOptions, 'signal' | 'instruction'>,
  ): Promise<readonly StageExplanation[]>;
  /** Resolves when a call need not wait for anything to be loaded. */
  load?(): Promise<void>;
  /** Frees what the reranker holds; later calls are refused. */
  close?(): Promise<void>;
}

/** Whether a caller's value is a reranker. */
export const isReranker = part(
  'a reranker, such as createReranker(): an object with a fingerprint and a function score',
  ['score'],
  ['fingerprint'],
);
