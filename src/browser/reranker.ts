import { FinetoothError } from '../errors.ts';
import { byScore } from '../math/order.ts';
import type { PairResult } from '../model/run/score-pairs.ts';
import { scoreTolerance } from '../model/tolerance.ts';
import { type Calibration, levelOf, probabilityOf, type RelevanceLevel, sigmoid } from '../rerank/calibration.ts';
import { fittedCalibration } from '../rerank/parts/fitted.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, Document } from '../types.ts';
import { callChecks, checkArguments, isRecord, type OptionChecks, texts, truth, when, whole } from '../wording/check-options.ts';
import { anyText, listOf } from '../wording/check-shapes.ts';
import { modelSource } from './model-source.ts';
import { type BrowserModelOptions, checkBrowserOptions, openWorker } from './open-worker.ts';

export interface BrowserRerankOptions extends CallOptions {
  /** Results that come back, 1 and up. @default all */
  readonly top?: number;
  /** Fields of objects that are read, in order. @default of each document its own: title and text where it has them, otherwise all that hold words */
  readonly fields?: readonly string[];
  /** Each document gets the score that it has in any other list: every text is read alone, which is slower. @default false: within the `tolerance` of the answer */
  readonly exact?: boolean;
}

export interface BrowserRerankResult<T> {
  /** Place in the documents that were given, from 0. */
  readonly index: number;
  /** Probability of relevance, 0 to 1, where one is known for the model; else its score. Higher is better. */
  readonly relevanceScore: number;
  /** The probability in a word, only where `relevanceScore` is one. */
  readonly level?: RelevanceLevel;
  readonly document: T;
}

export interface BrowserRerankAnswer<T> {
  /** The best first. */
  readonly results: readonly BrowserRerankResult<T>[];
  /** Whether `relevanceScore` is a probability. */
  readonly calibrated: boolean;
  /** Documents of which the end did not fit the model's window. */
  readonly cut: number;
  /** By how much the model's own score may differ with what else is in the list, as sums of one run are rounded. Absent where each text was read alone, and with `exact`. */
  readonly tolerance?: number;
}

export interface BrowserReranker {
  /** Resolves when the model is loaded. */
  readonly ready: Promise<void>;
  /** Texts, or objects of any type, in order of how well they answer the query. Throws E_QUERY, E_USAGE, E_STOPPED. */
  rerank<T extends string | object>(
    query: string,
    documents: readonly T[],
    options?: BrowserRerankOptions,
  ): Promise<BrowserRerankAnswer<T>>;
  close(): void;
}

/** Pairs that a worker is asked for at once: it hears of a raised signal between two such slices. */
const SLICE = 8;

/**
 * A cross-encoder in a web worker of this page. Nothing leaves the page but the request for the model's files.
 *
 * @example
 * import { createBrowserReranker } from 'finetooth/browser';
 *
 * const reranker = createBrowserReranker({ model: '/models/ms-marco-minilm-l-12-v2/' });
 * const { results } = await reranker.rerank('how do bats find their way', ['Wheat rose.', 'Bats hunt by echo.']);
 * console.log(results[0].document);
 *
 * @throws E_USAGE, E_MODEL_UNKNOWN; `ready` and `rerank` reject with E_DOWNLOAD, E_MODEL_CHANGED, E_MODEL_FAILED, E_RUNTIME, E_PACKAGE
 */
export function createBrowserReranker(options: BrowserModelOptions): BrowserReranker {
  checkBrowserOptions("createBrowserReranker({ model: '/models/ms-marco-minilm-l-12-v2/' })", options);
  const source = modelSource(options.model, 'cross-encoder');
  const { scoring } = source.entry;
  const worker = openWorker(source, options);
  const calibrationOf = async (): Promise<Calibration | undefined> =>
    fittedCalibration(`cross-encoder-1(${await worker.fingerprint})`) ??
    (scoring.form === 'classifier' && scoring.activation === 'sigmoid' ? sigmoid : undefined);

  return {
    ready: worker.ready,
    rerank: async (query, documents, given = {}) => {
      checkArguments("rerank('how do bats find their way', documents, { top: 5 })", {
        query: [query, anyText],
        documents: [documents, areDocuments],
        options: [given, rerankChecks],
      });
      checkWords(query);
      const { top = documents.length, fields, exact, signal } = given;
      const read = documents.map((one) =>
        typeof one === 'string' ? one : textOf(one as Document, fields ?? defaultFields(one as Document)),
      );
      const scores = new Float32Array(read.length);
      let cut = 0;
      for (let from = 0; from < read.length; from += SLICE) {
        const part = await worker.run<PairResult>({ query, texts: read.slice(from, from + SLICE), exact }, { signal });
        scores.set(part.scores, from);
        cut += part.truncated.filter((tokens) => tokens > 0).length;
      }
      if (!scores.every(Number.isFinite))
        throw new FinetoothError(
          'E_MODEL_FAILED',
          `the model ${source.entry.name} gave a score that is not finite. Ask for runtime: 'wasm'.`,
        );
      const calibration = await calibrationOf();
      const best = Array.from(scores, (score, index) => ({ id: String(index), score, index }))
        .sort(byScore)
        .slice(0, top);
      return {
        results: best.map(({ index, score }) => {
          const relevanceScore = calibration === undefined ? score : probabilityOf(score, calibration);
          const level = calibration === undefined ? undefined : levelOf(relevanceScore);
          return { index, relevanceScore, level, document: documents[index] as (typeof documents)[number] };
        }),
        calibrated: calibration !== undefined,
        cut,
        tolerance: exact ? undefined : scoreTolerance(source.entry),
      };
    },
    close: worker.close,
  };
}

/** Throws E_QUERY for a query that asks nothing. */
export function checkWords(query: string): void {
  if (query.trim() === '') throw new FinetoothError('E_QUERY', 'the query must be a text with at least one word.');
}

export const areDocuments = listOf(
  'a list of texts or objects',
  when('a text or an object', (value) => typeof value === 'string' || isRecord(value)),
);
const rerankChecks: OptionChecks<BrowserRerankOptions> = {
  ...callChecks,
  top: whole(1, Number.MAX_SAFE_INTEGER),
  fields: texts,
  exact: truth,
};
