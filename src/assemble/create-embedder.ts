import type { Embedder } from '../embed/embedder.ts';
import type { EmbeddingModel } from '../hosted/ai-sdk.ts';
import { checkOptions, checkValue } from '../wording/check-options.ts';
import { isEmbedderPart } from './check-open-index.ts';
import { openEmbedder } from './embedder.ts';
import { type ModelOptions, modelChecks } from './model-options.ts';
import { defaultModel } from './models.ts';
import { warnOfPrecision } from './unused-precision.ts';

/**
 * An embedder that is kept open: `await embedder.embed(texts, 'document')`, or `'query'`, gives vectors of length 1, row after row in one Float32Array.
 * Pass it as `embedder` of `openIndex`, or store the vectors elsewhere. `close()` frees it.
 *
 * @param model a local model by name, `vendor:model`, or an embedding model of the AI SDK. @default bge-small-en-v1.5
 *
 * @example
 * import { createEmbedder } from 'finetooth';
 *
 * const embedder = await createEmbedder();
 * const { data, count, dimensions } = await embedder.embed(['Wheat rose.', 'Bats hunt by echo.'], 'document');
 * console.log(data.length, count, dimensions); // 768 2 384
 * await embedder.close?.();
 *
 * @throws E_USAGE, and what opening the model throws
 */
export async function createEmbedder(model?: string | EmbeddingModel, options: ModelOptions = {}): Promise<Embedder> {
  checkValue('the model of createEmbedder', model ?? defaultModel, isEmbedderPart, "createEmbedder('bge-small-en-v1.5')");
  checkOptions<ModelOptions>('createEmbedder', options, modelChecks);
  const opened = await openEmbedder(model, options);
  warnOfPrecision(model, opened, options);
  return opened.embedder;
}
