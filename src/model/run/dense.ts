import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { activations } from '../../math/activations.ts';
import { dot } from '../../math/vectors.ts';
import type { DenseLayer } from '../catalog/model-entry.ts';
import { findTensor, readTensor } from '../safetensors.ts';

/** `activation(x · weightᵀ + bias)` of rows one after another: [rows × from] to [rows × to]. */
export type Projection = (rows: Float32Array, count: number) => Float32Array;

/**
 * Layers of sentence-transformers' Dense one behind the other, their weights read from the model's folder. With `residual` the input is added, through
 * `residual.weight` where it has another length (sentence-transformers 6, base/modules/dense.py).
 * Throws E_MODEL_FAILED where the weights are not of the shape that the model's files state.
 */
export async function loadProjection(folder: string, layers: readonly DenseLayer[]): Promise<Projection> {
  const steps = await Promise.all(layers.map((layer) => loadLayer(folder, layer)));
  return (rows, count) => steps.reduce((before, step) => step(before, count), rows);
}

async function loadLayer(folder: string, { path, from, to, bias, activation, residual = false }: DenseLayer): Promise<Projection> {
  const file = join(folder, path);
  const weightOf = async (name: string): Promise<Float32Array> => {
    const { shape, data } = await readTensor(file, name);
    if (shape.length === 2 && shape[0] === to && shape[1] === from) return data;
    throw wrongShape(file, name, shape, `${to} × ${from}`);
  };
  const weight = await weightOf('linear.weight');
  const skip = residual && from !== to ? await weightOf('residual.weight') : undefined;
  const offsets = await findTensor(file, 'linear.bias');
  if ((offsets !== undefined) !== bias)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${file} has ${bias ? 'no' : 'a'} tensor "linear.bias", and the config.json beside it says that it has ${bias ? 'one' : 'none'}.`,
    );
  if (offsets !== undefined && (offsets.shape.length !== 1 || offsets.shape[0] !== to))
    throw wrongShape(file, 'linear.bias', offsets.shape, String(to));
  const activate = activations[activation];
  return (rows, count) => {
    const out = new Float32Array(count * to);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < to; i++) {
        const value = activate(dot(rows, row * from, weight, i * from, from) + (offsets?.data[i] ?? 0));
        const added = skip === undefined ? (rows[row * from + i] as number) : dot(rows, row * from, skip, i * from, from);
        out[row * to + i] = residual ? value + added : value;
      }
    }
    return out;
  };
}

const wrongShape = (file: string, name: string, shape: readonly number[], expected: string): FinetoothError =>
  new FinetoothError(
    'E_MODEL_FAILED',
    `"${name}" in ${file} has ${shape.join(' × ')} numbers; the config.json beside it asks for ${expected}. The two are not of one model.`,
  );
