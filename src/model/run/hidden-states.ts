import { FinetoothError } from '../../errors.ts';
import type { Tensor } from './runtime.ts';

/** The output of a graph that has a vector for each token of each text, and tokens of the longest. */
export function hiddenStates(outputs: Readonly<Record<string, Tensor>>, size: number): { data: Float32Array; width: number } {
  const output = outputs.last_hidden_state ?? outputs.token_embeddings ?? Object.values(outputs).find((tensor) => tensor.dims.length === 3);
  if (output === undefined)
    throw new FinetoothError('E_MODEL_FAILED', `the model gives no token vectors, only ${Object.keys(outputs).join(', ')}`);
  if (output.dims[2] !== size || !(output.data instanceof Float32Array)) {
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model gives ${output.dims[2]} numbers of type ${output.type} a token; expected ${size} of float32`,
    );
  }
  return { data: output.data, width: output.dims[1] as number };
}
