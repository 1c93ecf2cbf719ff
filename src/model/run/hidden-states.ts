import { FinetoothError } from '../../errors.ts';
import type { Tensor } from './runtime.ts';

/** [rows × width × size] Token vectors of one run. Throws E_MODEL_FAILED where the graph gives none of that size. */
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
