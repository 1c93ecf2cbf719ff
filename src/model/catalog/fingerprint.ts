import { bytesPerWeight } from './bytes-per-weight.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelEntry, Precision, SparseEncoderEntry } from './model-entry.ts';
import { nameOfPrecision, type PrecisionName, splitPrecision } from './precision.ts';

/** All that a model's numbers depend on beside its weights, as the text that is hashed for its fingerprint. */
export function formOf(entry: ModelEntry): string {
  if (entry.kind === 'sparse-encoder') return formOfSparseEncoder(entry);
  return entry.kind === 'bi-encoder' ? formOfBiEncoder(entry) : formOfCrossEncoder(entry);
}

/** `name`: without a folder, which may be moved; the form that was asked for behind it says nothing that `precision` does not. `weights` and `form`: sha256 of the model's file and of its form, hex. */
export const fingerprintWith = (name: string, precision: ModelEntry['precision'], weights: string, form: string): string =>
  `${splitPrecision(name)[0]}@${precision}:${weights.slice(0, 12)}:${form.slice(0, 8)}`;

/** The form of weights that a fingerprint states, by the name under which it is asked for; nothing for one that is not a local model's. */
export function precisionIn(fingerprint: string): PrecisionName | undefined {
  const precisions = Object.keys(bytesPerWeight) as Precision[];
  const found = precisions.find((one) => new RegExp(`@${one}:[0-9a-f]{12}:[0-9a-f]{8}$`).test(fingerprint));
  return found && nameOfPrecision(found);
}

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
