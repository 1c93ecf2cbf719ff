import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import type { HeadLayer } from '../catalog/model-entry.ts';
import { readTensor } from '../safetensors.ts';
import { loadProjection, type Projection } from './dense.ts';

/** torch.nn.LayerNorm's own. */
const EPSILON = 1e-5;

/** The layers of a cross-encoder's head one behind the other. Throws E_MODEL_MISSING, and E_MODEL_FAILED for weights that do not fit what the files state. */
export async function loadHead(folder: string, layers: readonly HeadLayer[]): Promise<Projection> {
  const steps = await Promise.all(
    layers.map((layer) => (layer.kind === 'dense' ? loadProjection(folder, [layer]) : loadLayerNorm(join(folder, layer.path), layer.size))),
  );
  return (rows, count) => steps.reduce((before, step) => step(before, count), rows);
}

async function loadLayerNorm(file: string, size: number): Promise<Projection> {
  const [weight, bias] = await Promise.all(['norm.weight', 'norm.bias'].map((name) => numbersOf(file, name, size)));
  return (rows, count) => {
    const out = new Float32Array(rows.length);
    for (let row = 0; row < count; row++) {
      const own = rows.subarray(row * size, (row + 1) * size);
      const mean = own.reduce((sum, value) => sum + value, 0) / size;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      const scale = 1 / Math.sqrt(variance + EPSILON);
      for (let i = 0; i < size; i++)
        out[row * size + i] = ((own[i] as number) - mean) * scale * (weight?.[i] as number) + (bias?.[i] as number);
    }
    return out;
  };
}

async function numbersOf(file: string, name: string, size: number): Promise<Float32Array> {
  const { shape, data } = await readTensor(file, name);
  if (shape.length === 1 && shape[0] === size) return data;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `"${name}" in ${file} has ${shape.join(' × ')} numbers; the config.json beside it asks for ${size}. The two are not of one model.`,
  );
}
