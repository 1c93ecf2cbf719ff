import { FinetoothError } from '../errors.ts';
import type { Effort } from '../rerank/effort.ts';
import type { Candidate, Reranker, RerankerFailure, Scores, SpreadSource, StageScores } from '../rerank/reranker.ts';
import { scoreInTime } from '../rerank/score-in-time.ts';
import { shortNames } from '../rerank/short-names.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { passageText, sourceOf } from '../text/passages.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, Document, FieldValue, PassagePlace, ScoreSpread, Span, TokenVectors, Usage } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import type { RankedPart } from './highlight.ts';
import { type Orderable, type OrderedCandidate, orderCandidates } from './order.ts';
import { newlinesIn } from './sentences.ts';
import { weighWords } from './weigh-words.ts';

/** A document to be ranked. `tokens` and `passage` may be given when the texts are those that the index was made from. */
export interface Rankable extends Orderable {
  readonly document: Document;
  readonly tokens?: TokenVectors;
  /** The passage that is read in place of the whole text. */
  readonly passage?: PassagePlace;
  /** What is scored by itself too. */
  readonly title?: Candidate['title'];
  /** BM25, which weighs with `wordsWeight`. @default 0 */
  readonly bm25?: number;
}

/** Fields that are read of each document, in order; undefined: of each its own, see `defaultFields`, so that a score does not depend on the list. */
export type RankFields = readonly string[] | undefined;

export interface RankingOptions extends CallOptions {
  /** Put each field's name before its words, one line per field: "title: …". @default false */
  readonly fieldLabels?: boolean;
  /** Milliseconds; afterwards the best so far is the answer. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
  /** How scores of late interaction lie on the collection. @default that of the list */
  readonly spread?: ScoreSpread;
  /** @default the reranker's own, normal */
  readonly effort?: Effort;
  /** What the reranker is to judge by; only for one that takes it. @default its own */
  readonly instruction?: string;
  /** The score that a candidate has in any other list. @default false */
  readonly exact?: boolean;
  /** Times the BM25 of each candidate is added to the score of the last stage, see `weighWords`. @default 0 */
  readonly wordsWeight?: number;
  /** Called with each sharper order before the last one. */
  readonly onOrder?: (ranked: Ranked) => void;
}

/** A candidate's place in the order, with what was read of it. */
export interface RankedCandidate extends OrderedCandidate {
  /** The part of the text that gave the score, where a long text was not read as a whole. */
  readonly part?: RankedPart;
  /** Tokens at the end of the text that the reranker did not read; absent when it read all. */
  readonly cutTokens?: number;
  /** Characters of the text that were passed over, since chosen sentences of it were read; absent when none were. */
  readonly omittedCharacters?: number;
  /** Equal or near texts that gave up their places for it, best first; only where they are collapsed, and there are some. */
  readonly duplicates?: readonly RankedCandidate[];
  /** Only where it is grouped: the value of its group, null without one, and the others of it, best first. */
  readonly group?: { readonly value: FieldValue; readonly others: readonly RankedCandidate[] };
}

/** A reranker as an answer tells it. */
export interface Ranker {
  /** By which it was asked for; of one's own its fingerprint, of several joined by " > ". */
  readonly name: string;
  /** Model, weights and form of the score. */
  readonly fingerprint: string;
}

export interface RankedStage extends StageScores {
  readonly fingerprint: string;
}

/** A reranker that was asked and could not rank: `reranker` is its name. */
export interface PassedOver extends RerankerFailure {
  readonly fingerprint: string;
}

export interface Ranked {
  /** Best first. */
  readonly order: readonly RankedCandidate[];
  /** Candidates of which a reranker could not read the end. */
  readonly cut: number;
  readonly usage: Usage;
  /** False when a deadline stopped the work. */
  readonly complete: boolean;
  /** Whether `relevance` is a probability, for everything that a reranker scored. */
  readonly calibrated: boolean;
  /** What each stage gave, by place in the list that was given; NaN where it did not score. One reranker is one stage. */
  readonly stages: readonly RankedStage[];
  /** Who ranked: absent where no reranker was asked. */
  readonly by?: Ranker;
  /** By what spread scores were put together; only where that mattered. */
  readonly spread?: SpreadSource;
  /** See `Provenance`. */
  readonly tolerance?: number;
  readonly passedOver?: readonly PassedOver[];
  readonly notes?: readonly string[];
  /** The most that any model left out of the query. */
  readonly queryTruncatedTokens?: number;
}

export interface RankedText {
  readonly read: string;
  /** Where a passage is read, the whole text and the passage's place. */
  readonly of?: RankedPart;
  /** Characters that a passage carries before its own. */
  readonly carried?: number;
}

/** Scores texts and puts them in the one total order. Nothing is cut and nothing is left out. */
export async function rankCandidates(
  rerankers: Reranker | readonly Reranker[],
  query: string,
  candidates: readonly Rankable[],
  fields: RankFields,
  options: RankingOptions = {},
): Promise<Ranked> {
  const asked = [rerankers].flat();
  if (candidates.length === 0)
    return { order: [], cut: 0, usage: {}, complete: true, calibrated: true, stages: [], by: rankerOf(asked, undefined) };
  const { signal, deadlineMs, effort, instruction, exact, spread, onOrder, fieldLabels = false, wordsWeight = 0 } = options;
  const texts = candidates.map((candidate) => rankedTextOf(candidate, fields, fieldLabels));
  const reranker = asOne(rerankers);
  await checkInstruction(reranker, instruction);
  checkExact(exact, effort);
  const rankedFrom = (given: Scores): Ranked => weighWords(readScores(candidates, texts, given, asked), candidates, wordsWeight);
  const given = await scoreInTime(
    reranker,
    query,
    candidates.map(({ id, tokens, title }, i) => ({ id, text: texts[i]?.read as string, tokens, title })),
    {
      signal,
      deadlineMs,
      spread,
      effort,
      instruction,
      exact,
      onScores: onOrder === undefined ? undefined : (scores) => onOrder({ ...rankedFrom(scores), complete: false }),
    },
  );
  const ranked: Ranked = { ...rankedFrom(given), tolerance: exact ? undefined : reranker.tolerance };
  const unknown = letterNotes(
    { reranker },
    query,
    texts.map(({ read }) => read),
  );
  const notes = [...(reranker.notes ?? []), ...unknown, ...(ranked.notes ?? [])];
  return notes.length === 0 ? ranked : { ...ranked, notes };
}

/** Throws E_USAGE for an instruction that reaches no model. */
async function checkInstruction(reranker: Reranker, instruction: string | undefined): Promise<void> {
  if (instruction === undefined) return;
  // What is opened on first use knows it then.
  if (reranker.takesInstruction !== true) await reranker.load?.();
  if (reranker.takesInstruction === true) return;
  throw new FinetoothError('E_USAGE', (say) => {
    const advice = 'Leave it out, or name a model that was trained on one, such as qwen3-reranker-0.6b.';
    return `${say.option('instruction')} is for rerankers that read one, and ${reranker.fingerprint} does not. ${advice}`;
  });
}

/** Throws E_USAGE for two options of which each says how many candidates are read. */
function checkExact(exact: boolean | undefined, effort: Effort | undefined): void {
  if (!exact || effort === undefined || effort === 'exhaustive') return;
  throw new FinetoothError(
    'E_USAGE',
    (say) => `${say.option('exact')} reads every candidate, and ${say.option('effort', effort)} would read some. Leave one of them out.`,
  );
}

/** Several rerankers are a cascade: the first scores every candidate and each later one the best 20 of the one before. */
export function asOne(rerankers: Reranker | readonly Reranker[]): Reranker {
  const [first, ...others] = [rerankers].flat();
  return others.length === 0 ? (first as Reranker) : cascade([first as Reranker, ...others]);
}

/** Throws E_FIELD where somebody named a field that no candidate has, or where nobody named one and no candidate has words. */
export function checkFields(candidates: readonly Rankable[], fields: RankFields): void {
  if (candidates.length === 0) return;
  const known = (): string => [...new Set(candidates.flatMap(({ document }) => Object.keys(document)))].slice(0, 20).join(', ') || 'none';
  const missing = fields?.find((field) => !candidates.some(({ document }) => Object.hasOwn(document, field)));
  if (missing !== undefined)
    throw new FinetoothError('E_FIELD', `no candidate has the field "${missing}" to rank by; their fields are ${known()}.`);
  if (fields === undefined && candidates.every(({ document }) => defaultFields(document).length === 0))
    throw new FinetoothError(
      'E_FIELD',
      (say) => `no candidate has a field that holds words (their fields are ${known()}); name those to rank by ${say.as('rankFields')}.`,
    );
}

/** What is read of a candidate: its text, or the passage of it that was found. */
export function rankedTextOf({ document, passage }: Rankable, fields: RankFields, labels: boolean): RankedText {
  const names = fields ?? defaultFields(document);
  if (passage === undefined) return { read: textOf(document, names, { labels }) };
  const source = sourceOf(document, names);
  const [from, to] = passage.span;
  const read = passageText(source, passage.span);
  return {
    read,
    of: { text: source.text, span: passage.span, line: passage.line },
    carried: read.length - Math.min(to, source.text.length) + from,
  };
}

/** Who ranked: what was asked, or what says so of itself. */
function rankerOf(asked: readonly Reranker[], rankedBy: string | undefined): Ranker {
  const [nameOf, fingerprints] = [shortNames(asked), asked.map(({ fingerprint }) => fingerprint)];
  const fingerprint = rankedBy ?? fingerprints.join(' > ');
  return { name: rankedBy === undefined ? fingerprints.map(nameOf).join(' > ') : nameOf(rankedBy), fingerprint };
}

function readScores(candidates: readonly Rankable[], texts: readonly RankedText[], given: Scores, asked: readonly Reranker[]): Ranked {
  const nameOf = shortNames(asked);
  const by = rankerOf(asked, given.rankedBy);
  const order = orderCandidates(candidates, given, by.fingerprint).map((one): RankedCandidate => {
    const [span, cutTokens = 0] = [given.spans?.[one.index], given.truncatedTokens?.[one.index]];
    const omittedCharacters = given.omittedCharacters?.[one.index] ?? 0;
    return {
      ...one,
      part: partOf(texts[one.index] as RankedText, span),
      cutTokens: cutTokens === 0 ? undefined : cutTokens,
      omittedCharacters: omittedCharacters === 0 ? undefined : omittedCharacters,
    };
  });
  const { spread, failures, notes, usage = {}, complete = true } = given;
  const stages = given.stages ?? [{ name: by.fingerprint, scores: given.scores }];
  return {
    order,
    cut: given.truncatedTokens?.reduce((count, tokens) => count + (tokens > 0 ? 1 : 0), 0) ?? 0,
    usage,
    complete,
    calibrated: given.relevance !== undefined,
    stages: stages.map((stage) => ({ ...stage, name: nameOf(stage.name), fingerprint: stage.name })),
    by,
    spread,
    passedOver: failures?.map((one) => ({ ...one, reranker: nameOf(one.reranker), fingerprint: one.reranker })),
    notes,
    queryTruncatedTokens: given.queryTruncatedTokens?.reduce((most, tokens) => Math.max(most, tokens), 0),
  };
}

/** The part of a text that gave the score: a chunk of what was read, or all of it where that is a passage. */
function partOf({ read, of, carried = 0 }: RankedText, chunk: Span | undefined): RankedPart | undefined {
  if (of === undefined) return chunk && { text: read, span: chunk };
  if (chunk === undefined) return of;
  const [from, to] = of.span;
  const begins = Math.max(from, from + chunk[0] - carried);
  const ends = Math.min(to, Math.max(begins, from + chunk[1] - carried));
  const line = of.line === undefined ? undefined : of.line + newlinesIn(of.text.slice(from, begins));
  return { text: of.text, span: [begins, ends], line };
}
