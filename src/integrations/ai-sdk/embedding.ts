import { FinetoothError } from '../../errors.ts';
import { checksAt } from '../../search/plan-checks.ts';
import { eitherSignal } from '../../time/either-signal.ts';
import type { Vectors } from '../../types.ts';
import { checkArguments, checkOptions, signal as isSignal, list, type OptionChecks, record } from '../../wording/check-options.ts';
import { optional, shape } from '../../wording/check-shapes.ts';
import { isRole, type LazyEmbedder, type Role, rowsOf } from '../lazy-embedder.ts';
import type { EmbedReply, FinetoothEmbeddingModel, JsonObject, SpecificationVersion, Warning } from './specification.ts';

/**
 * `providerOptions.finetooth` of `embed()` and `embedMany()`.
 *
 * @example
 * import { embed } from 'ai';
 * import { type FinetoothEmbeddingOptions, finetooth } from 'finetooth/ai-sdk';
 *
 * const own: FinetoothEmbeddingOptions = { role: 'query' };
 * const { embedding } = await embed({ model: finetooth.embedding(), value: 'bats', providerOptions: { finetooth: { ...own } } });
 * console.log(embedding.length); // 384
 */
export interface FinetoothEmbeddingOptions {
  /** What the texts are: many models put other words before a query than before a document. @default document, or what `embeddingModel` was told */
  readonly role?: Role;
  /** Milliseconds after which the call fails with E_DEADLINE: there is no half of an embedding. 1 to 600,000. @default none */
  readonly deadlineMs?: number;
}

const optionChecks: OptionChecks<FinetoothEmbeddingOptions> = { role: isRole, deadlineMs: checksAt('rerank').deadlineMs };

export interface EmbeddingModelSettings {
  /** What texts are where a call does not say. @default document */
  readonly role?: Role;
  /** An error as who calls knows it. @default the reason of an abort as it was given, others as they are */
  readonly told?: (error: unknown, modelId: string, signal: AbortSignal | undefined) => unknown;
}

const asItIs: Required<EmbeddingModelSettings>['told'] = (error, _, signal) => (signal?.aborted ? signal.reason : error);

/** Texts of a call of `embedMany`, so that it can be stopped and its vectors do not fill the memory twice. */
const MOST_PER_CALL = 2048;

const isCall = shape('an object with values', { values: list, abortSignal: optional(isSignal), providerOptions: optional(record) });

export function embeddingModel<Version extends SpecificationVersion>(
  modelId: string,
  specificationVersion: Version,
  embedder: () => LazyEmbedder,
  { role: ownRole = 'document', told = asItIs }: EmbeddingModelSettings = {},
): FinetoothEmbeddingModel<Version> {
  return {
    specificationVersion,
    provider: 'finetooth.embedding',
    modelId,
    maxEmbeddingsPerCall: MOST_PER_CALL,
    // Whoever asks first has all the workers: a second call would wait.
    supportsParallelCalls: false,
    doEmbed: async (asked) => {
      checkArguments("doEmbed({ values: ['Bats hunt by echo.'] })", { options: [asked, isCall] });
      const { values, dimensions, abortSignal: signal, providerOptions } = asked;
      const options = providerOptions?.finetooth;
      const late = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      try {
        checkOptions('finetooth.embeddingModel', options, optionChecks, 'providerOptions.finetooth.');
        const { role = ownRole, deadlineMs } = (options ?? {}) as FinetoothEmbeddingOptions;
        if (deadlineMs !== undefined)
          timer = setTimeout(
            () => late.abort(new FinetoothError('E_DEADLINE', `the embedding model "${modelId}" was not done within ${deadlineMs} ms.`)),
            deadlineMs,
          );
        const within = eitherSignal(signal, late.signal);
        const { vectors, fingerprint } = await embedder().embed(values, role, { signal: within });
        return replyOf(vectors, fingerprint, dimensions);
      } catch (error) {
        throw told(error, modelId, signal);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function replyOf(vectors: Vectors, embedder: string, wanted: number | undefined): EmbedReply {
  const { dimensions, count, truncatedTokens, usage } = vectors;
  const tokens = usage?.tokens ?? vectors.tokens?.reduce((sum, one) => sum + one, 0);
  const truncated = [...(truncatedTokens ?? [])].flatMap((left, index) => (left === 0 ? [] : [{ index, tokens: left }]));
  const warnings: Warning[] = [];
  if (truncated.length > 0)
    warnings.push({
      type: 'other',
      message: `${truncated.length} of ${count} texts are longer than what the model reads; their ends were not embedded. Split them into passages, or let openIndex do it.`,
    });
  if (wanted !== undefined && wanted !== dimensions)
    warnings.push({ type: 'unsupported', feature: 'dimensions', details: `the vectors of this model have ${dimensions} numbers.` });
  return {
    embeddings: rowsOf(vectors),
    usage: tokens === undefined ? undefined : { tokens },
    providerMetadata: { finetooth: JSON.parse(JSON.stringify({ embedder, usage, truncated })) as JsonObject },
    warnings,
  };
}
