import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import type { SparseEncoderEntry } from '../catalog/model-entry.ts';
import { objectOf, readJson } from '../catalog/modules.ts';
import { readTensor } from '../safetensors.ts';
import type { TextTokenizer } from '../tokenize/tokenizer.ts';

/**
 * [vocabulary] The weight of each token of a query: `weight` of a safetensors file, or a JSON object of numbers by token, as idf.json is one. Throws E_MODEL_FAILED
 * for a file that is neither, and for weights below 0, which a search by what documents share with a query does not know.
 */
export async function loadQueryWeights(
  folder: string,
  { queryWeights, name }: SparseEncoderEntry,
  tokenizer: TextTokenizer,
): Promise<Float32Array | undefined> {
  if (queryWeights === undefined) return undefined;
  const file = join(folder, queryWeights.path);
  const weights = file.endsWith('.json') ? await weightsByToken(file, tokenizer) : (await readTensor(file, 'weight')).data;
  const wrong = weights.findIndex((weight) => !Number.isFinite(weight) || weight < 0);
  if (wrong >= 0)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${queryWeights.path} of ${name} gives the token ${JSON.stringify(tokenizer.nameOf(wrong))} the weight ${weights[wrong]}; weights are 0 or more. Choose another model.`,
    );
  return weights;
}

async function weightsByToken(file: string, tokenizer: TextTokenizer): Promise<Float32Array> {
  const stated = await readJson(file);
  if (stated === undefined || typeof stated !== 'object' || stated === null || Array.isArray(stated))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${file} is no object of weights by token, as idf.json is one. Copy it from the model's repository.`,
    );
  const known = Object.entries(objectOf(stated)).flatMap(([token, weight]) => {
    const id = tokenizer.idOf(token);
    return id === undefined ? [] : [[id, typeof weight === 'number' ? weight : Number.NaN] as const];
  });
  if (known.length === 0)
    throw new FinetoothError('E_MODEL_FAILED', `${file} has no token of the tokenizer beside it; they are not of one model.`);
  const weights = new Float32Array(known.reduce((most, [id]) => Math.max(most, id), 0) + 1);
  for (const [id, weight] of known) weights[id] = weight;
  return weights;
}
