import { FinetoothError } from '../../errors.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelFiles } from './model-entry.ts';

/** Throws E_USAGE for a model of the other kind. */
export function asBiEncoder(files: ModelFiles): ModelFiles<BiEncoderEntry> {
  if (files.entry.kind === 'bi-encoder') return files as ModelFiles<BiEncoderEntry>;
  throw new FinetoothError(
    'E_USAGE',
    `"${files.entry.name}" is a cross-encoder: it reads query and document together and makes no vectors. Name it as the reranker.`,
  );
}

/** Throws E_USAGE for a model of the other kind. */
export function asCrossEncoder(files: ModelFiles): ModelFiles<CrossEncoderEntry> {
  if (files.entry.kind === 'cross-encoder') return files as ModelFiles<CrossEncoderEntry>;
  throw new FinetoothError(
    'E_USAGE',
    `"${files.entry.name}" is an embedder: it has no head that scores a pair. Name a cross-encoder, or "late-interaction" for its token vectors.`,
  );
}
