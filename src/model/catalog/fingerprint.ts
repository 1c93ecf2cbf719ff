import type { BiEncoderEntry, CrossEncoderEntry, ModelEntry, SparseEncoderEntry } from './model-entry.ts';

/** All that a model's numbers depend on beside its weights, as the text that is hashed for its fingerprint. */
export function formOf(entry: ModelEntry): string {
  if (entry.kind === 'sparse-encoder') return formOfSparseEncoder(entry);
  return entry.kind === 'bi-encoder' ? formOfBiEncoder(entry) : formOfCrossEncoder(entry);
}

/** `name`: without a folder, which may be moved. `weights` and `form`: sha256 of the model's file and of its form, hex. */
export const fingerprintWith = (name: string, precision: ModelEntry['precision'], weights: string, form: string): string =>
  `${name}@${precision}:${weights.slice(0, 12)}:${form.slice(0, 8)}`;

const formOfCrossEncoder = ({ scoring, maxTokens }: CrossEncoderEntry): string => JSON.stringify([scoring, maxTokens]);

const formOfSparseEncoder = ({ activation, pooling, mostWeights, queryWeights, prefix, maxTokens }: SparseEncoderEntry): string =>
  JSON.stringify([activation, pooling, mostWeights ?? null, queryWeights?.path ?? null, prefix.query, prefix.document, maxTokens]);

function formOfBiEncoder(entry: BiEncoderEntry): string {
  const { dense, endToken, cutFrom, dimensions, pooling, prefix, maxTokens, lateInteraction, table } = entry;
  // What a model does not have leaves the fingerprint as earlier versions made it.
  const further = [dense, endToken, cutFrom === undefined ? undefined : [cutFrom, dimensions], lateInteraction, table];
  const plain = [pooling, prefix.query, prefix.document, maxTokens];
  return JSON.stringify(further.every((one) => one === undefined) ? plain : [...plain, ...further]);
}
