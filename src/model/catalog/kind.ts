import { FinetoothError } from '../../errors.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelFiles, SparseEncoderEntry } from './model-entry.ts';

/** Throws E_USAGE for a model of another kind. */
export function asBiEncoder(files: ModelFiles): ModelFiles<BiEncoderEntry> {
  if (files.entry.kind === 'bi-encoder') return files as ModelFiles<BiEncoderEntry>;
  if (files.entry.kind === 'sparse-encoder') throw isSparse(files);
  throw new FinetoothError(
    'E_USAGE',
    `"${files.entry.name}" is a cross-encoder: it reads query and document together and makes no vectors. Name it as the reranker.`,
  );
}

/** Throws E_USAGE for a model of another kind. */
export function asCrossEncoder(files: ModelFiles): ModelFiles<CrossEncoderEntry> {
  if (files.entry.kind === 'cross-encoder') return files as ModelFiles<CrossEncoderEntry>;
  if (files.entry.kind === 'sparse-encoder') throw isSparse(files);
  throw new FinetoothError(
    'E_USAGE',
    `"${files.entry.name}" is an embedder: it has no head that scores a pair. Name a cross-encoder, or "late-interaction" for its token vectors.`,
  );
}

/** Throws E_USAGE for a model of another kind. */
export function asSparseEncoder(files: ModelFiles): ModelFiles<SparseEncoderEntry> {
  if (files.entry.kind === 'sparse-encoder') return files as ModelFiles<SparseEncoderEntry>;
  const what =
    files.entry.kind === 'bi-encoder' ? 'an embedder: it makes vectors' : 'a cross-encoder: it reads query and document together';
  throw new FinetoothError('E_USAGE', `"${files.entry.name}" is ${what}, and weighs no tokens. Name a sparse encoder, such as a SPLADE.`);
}

const isSparse = ({ entry: { name } }: ModelFiles): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    (say) =>
      `"${name}" is a sparse encoder: it weighs tokens, and makes neither vectors nor scores of pairs. Name it as ${say.option('sparseModel')}.`,
  );
