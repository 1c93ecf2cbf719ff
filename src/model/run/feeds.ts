import { FinetoothError } from '../../errors.ts';
import type { TokenizedText } from '../tokenize/tokenizer.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';

/** The model's inputs for texts of one run, padded on the right to the longest. */
export function feedsOf(runtime: Runtime, session: InferenceSession, batch: readonly TokenizedText[]): Record<string, Tensor> {
  const width = Math.max(...batch.map((text) => text.ids.length));
  const filled = (value: (text: TokenizedText, at: number) => bigint): Tensor => {
    const data = new BigInt64Array(batch.length * width);
    batch.forEach((text, row) => {
      for (let at = 0; at < text.ids.length; at++) data[row * width + at] = value(text, at);
    });
    return new runtime.Tensor('int64', data, [batch.length, width]);
  };
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    if (name === 'input_ids') feeds[name] = filled((text, at) => BigInt(text.ids[at] as number));
    else if (name === 'attention_mask') feeds[name] = filled((text, at) => (at < (text.unseen ?? text.ids.length) ? 1n : 0n));
    else if (name === 'token_type_ids') feeds[name] = filled((text, at) => BigInt(text.types?.[at] ?? 0));
    else if (name === 'position_ids') feeds[name] = filled((_, at) => BigInt(at));
    else if (name === 'num_logits_to_keep') feeds[name] = new runtime.Tensor('int64', BigInt64Array.of(1n), []);
    else if (name.startsWith('past_key_values')) feeds[name] = emptyPast(runtime, session, name, batch.length);
    else throw new FinetoothError('E_MODEL_FAILED', `the model asks for an input named "${name}", which is not known here`);
  }
  return feeds;
}

/** Frees what one run held outside the heap. */
export function disposeAll(...records: readonly Readonly<Record<string, Tensor>>[]): void {
  for (const record of records) for (const tensor of Object.values(record)) tensor.dispose();
}

/** Keys and values of earlier tokens, which a causal model's export asks for: none, since each text is read in one go. */
function emptyPast(runtime: Runtime, session: InferenceSession, name: string, rows: number): Tensor {
  const known = session.inputMetadata.find((input) => input.name === name);
  if (known === undefined || !known.isTensor) throw new FinetoothError('E_MODEL_FAILED', `the model's input "${name}" is not a tensor`);
  // [batch, heads, earlier tokens, numbers a head]: the numbers are fixed, the names are batch and earlier tokens.
  const shape = known.shape.map((size, at) => (typeof size === 'number' && size > 0 ? size : at === 0 ? rows : 0));
  if (known.type === 'float16') return new runtime.Tensor('float16', new Uint16Array(0), shape);
  return new runtime.Tensor('float32', new Float32Array(0), shape);
}
