import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { findTensor, readTensor, tensorNames } from '../safetensors.ts';
import type { TokenTable } from './model-entry.ts';
import { count, type Json, type Module, objectOf, readJson, readModules } from './modules.ts';

/** Where the table of a static model lies: model2vec's own layout, and that of sentence-transformers' StaticEmbedding. */
export const tableFiles = ['model.safetensors', '0_StaticEmbedding/model.safetensors'] as const;
export const tableTokenizers = ['tokenizer.json', '0_StaticEmbedding/tokenizer.json'] as const;

/** Whether the settings in a folder are those of a static model. */
export async function isStaticFolder(folder: string): Promise<boolean> {
  return isStatic(objectOf(await readJson(join(folder, 'config.json'))), await readModules(folder));
}

/** Whether a model is a table of vectors, one for each token: it has no graph. */
function isStatic(config: Json, modules: readonly Pick<Module, 'kind'>[] | undefined): boolean {
  const heads = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  return (
    config.model_type === 'model2vec' || heads.includes('StaticModel') || modules?.some(({ kind }) => kind === 'StaticEmbedding') === true
  );
}

/**
 * How a table is read: its vectors' mean, each weighed where the file has weights, through `mapping` where several tokens share one (model2vec 0.10, model.py). model2vec
 * passes over tokens that are not known and cuts at `max_length`; sentence-transformers does neither.
 * Throws E_MODEL_FAILED where the file has no such table, or its parts are not of one length.
 */
export async function inferStatic(
  path: string,
  { name, config, modules = [] }: { readonly name: string; readonly config: Json; readonly modules: readonly Module[] | undefined },
): Promise<{ readonly dimensions: number; readonly maxTokens: number; readonly table: TokenTable }> {
  const unknown = modules.find(({ kind }) => !['StaticEmbedding', 'Normalize'].includes(kind));
  if (unknown !== undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} has a step "${unknown.kind}" behind its table in modules.json, which is not supported. Choose another model.`,
    );
  const isModel2Vec = (await tensorNames(path)).includes('embeddings');
  const vectors = isModel2Vec ? 'embeddings' : 'embedding.weight';
  const { shape } = await readTensor(path, vectors);
  const [rows, dimensions] = shape;
  if (shape.length !== 2 || rows === undefined || dimensions === undefined || dimensions === 0)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `"${vectors}" in ${path} has ${shape.join(' × ')} numbers; a table has a row for each token.`,
    );
  const weights = isModel2Vec ? await findTensor(path, 'weights') : undefined;
  const mapping = isModel2Vec ? await findTensor(path, 'mapping') : undefined;
  const tokens = mapping?.data.length ?? rows;
  if (weights !== undefined && weights.data.length !== tokens)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} has weights of ${weights.data.length} tokens and a table of ${tokens}; they are not of one model.`,
    );
  const outside = mapping?.data.find((row) => !(row >= 0 && row < rows));
  if (outside !== undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} names the row ${outside} of its table, which has ${rows}. The file is damaged; fetch it again.`,
    );
  const stated = objectOf(config).max_length;
  return {
    dimensions,
    maxTokens: isModel2Vec ? (stated === null ? UNLIMITED : (count(stated) ?? 512)) : UNLIMITED,
    table: { vectors, skipsUnknown: isModel2Vec },
  };
}

/** Tokens of a text that is read whole: a mean takes no longer for them than it takes to find them. */
const UNLIMITED = 1_000_000;
