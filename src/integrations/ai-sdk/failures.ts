import { APICallError, NoSuchModelError } from 'ai';
import { type ErrorCode, FinetoothError } from '../../errors.ts';

type ModelType = 'languageModel' | 'embeddingModel' | 'imageModel' | 'rerankingModel';

/** What may be otherwise a moment later: these the SDK asks again, `maxRetries` times. */
const passing: ReadonlySet<ErrorCode> = new Set(['E_VENDOR_BUSY', 'E_VENDOR_DOWN', 'E_DOWNLOAD', 'E_LOCKED', 'E_DATABASE']);

/**
 * An error as the AI SDK knows it: the reason of an abort as it was given, an unknown model as NoSuchModelError, what may pass as an APICallError that may be
 * retried, with ours as its cause. Any other is a FinetoothError, which is not retried.
 */
export function toldToSdk(error: unknown, { model, type, signal }: { model: string; type: ModelType; signal?: AbortSignal }): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof FinetoothError)) return error;
  if (error.code === 'E_MODEL_UNKNOWN') return noSuchModel(model, type, error.message, error);
  if (!passing.has(error.code)) return error;
  return new APICallError({
    message: error.message,
    url: `finetooth:${model}`,
    requestBodyValues: {},
    statusCode: error.http,
    cause: error,
    isRetryable: true,
    data: { code: error.code },
  });
}

export function noSuchModel(modelId: string, modelType: ModelType, message?: string, cause?: unknown): NoSuchModelError {
  const error = new NoSuchModelError({ modelId, modelType, message: message ?? `finetooth has no ${modelType} "${modelId}".` });
  return cause === undefined ? error : Object.assign(error, { cause });
}
