import { localSparseEmbedder, type SparseEmbedder } from '../embed/sparse.ts';
import { asSparseEncoder } from '../model/catalog/kind.ts';
import { createModelSessions } from '../model/run/sessions.ts';
import { fingerprintOf } from '../model/sparse-encoder.ts';
import { callback, checkArguments, text } from '../wording/check-options.ts';
import { optional } from '../wording/check-shapes.ts';
import { checkModelOptions, type LocalModelOptions } from './model-options.ts';
import { filesOf, poolOf } from './models.ts';

/**
 * The one place where a sparse embedder is made of the name of a local model: of the catalog, `owner/name` on the hub, or `./folder`. Its files are fetched and checked;
 * what runs it is loaded by the first call.
 *
 * @param accept sees the fingerprint, and throws where another is needed
 *
 * @example
 * import { openSparseEmbedder } from 'finetooth/embedders';
 *
 * const embedder = await openSparseEmbedder('./my-splade');
 * const { vectors } = await embedder.embed(['Bats hunt by echo.'], 'document');
 * console.log(vectors[0].ids.length, vectors[0].weights.length);
 * await embedder.close?.();
 *
 * @throws E_USAGE for a model of another kind, and what finding its files throws
 */
export async function openSparseEmbedder(
  name: string,
  options: LocalModelOptions = {},
  accept?: (fingerprint: string) => void,
): Promise<SparseEmbedder> {
  checkArguments("openSparseEmbedder('opensearch-sparse')", { name: [name, text], accept: [accept, optional(callback)] });
  checkModelOptions('openSparseEmbedder', options);
  const files = asSparseEncoder(await filesOf(name, options));
  accept?.(fingerprintOf(files));
  const { sessions = createModelSessions() } = options;
  return localSparseEmbedder(sessions.sparseEncoder(files, poolOf(options)));
}
