import { isEmbedderPart } from '../../assemble/check-open-index.ts';
import type { ModelOptions } from '../../assemble/model-options.ts';
import { modelChecks } from '../../assemble/model-options.ts';
import { checkOptions, checkValue, type OptionChecks } from '../../wording/check-options.ts';
import { embeddingModel as modelOver } from '../ai-sdk/embedding.ts';
import type { FinetoothEmbeddingModel } from '../ai-sdk/specification.ts';
import { type EmbedderPart, isRole, lazyEmbedder, type Role } from '../lazy-embedder.ts';

export interface EmbeddingModelOptions {
  /** What its texts are: `query` for the tool that searches, `document` for what is stored. @default document */
  readonly role?: Role;
  /** Files, threads and memory of local models; keys and limits of hosted ones. @default those of `openIndex` */
  readonly models?: ModelOptions;
}

/** An embedding model of the AI SDK's specification v3, the newest that Mastra takes. */
export interface MastraEmbeddingModel extends FinetoothEmbeddingModel<'v3'>, AsyncDisposable {
  /** Frees the model; later calls are refused. An embedder of your own stays open. */
  close(): Promise<void>;
}

const optionChecks: OptionChecks<EmbeddingModelOptions> = { role: isRole, models: modelChecks };

/**
 * An embedding model in this process for Mastra: of a name (bge-small-en-v1.5 for `default`), of `vendor:model`, or of an embedder.
 *
 * @example
 * import { embedMany } from 'ai';
 * import { embeddingModel } from 'finetooth/mastra';
 *
 * const model = embeddingModel('default');
 * const { embeddings } = await embedMany({ model, values: ['Wheat rose.', 'Bats hunt by echo.'] });
 * console.log(embeddings.length, embeddings[0].length); // 2 384
 * await model.close();
 *
 * @throws E_USAGE for an option that there is not, and for a value that is not what it must be
 */
export function embeddingModel(what: EmbedderPart = 'default', options: EmbeddingModelOptions = {}): MastraEmbeddingModel {
  checkValue('the model of embeddingModel', what, isEmbedderPart);
  checkOptions('embeddingModel', options, optionChecks);
  const name = typeof what === 'string' ? what : 'fingerprint' in what ? what.fingerprint : what.modelId;
  const embedder = lazyEmbedder(name, what === 'default' ? undefined : what, options.models);
  const close = (): Promise<void> => embedder.close();
  return {
    ...modelOver(name, 'v3', () => embedder, { role: options.role }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
