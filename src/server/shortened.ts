import type { ServedEmbedder } from './models.ts';
import { RequestError } from './problem.ts';

/**
 * A vector of so many numbers: its first ones, made length 1 again, where the model was trained for that. Throws a RequestError where it was not: the first numbers
 * of any other model's vector are a worse vector, and no one would see it.
 */
export function shortenerTo(
  dimensions: number | undefined,
  { name, embedder, matryoshka }: Pick<ServedEmbedder, 'name' | 'embedder' | 'matryoshka'>,
  unnormalised = false,
): (vector: Float32Array) => Float32Array {
  if (dimensions === undefined || dimensions === embedder.dimensions) return (vector) => vector;
  const sizes = matryoshka?.dimensions;
  const fits = dimensions < embedder.dimensions && (sizes === 'all' || sizes?.includes(dimensions) === true);
  if (!fits) {
    const shorter =
      sizes === undefined ? '' : sizes === 'all' ? ', or fewer' : `, or ${sizes.filter((size) => size < embedder.dimensions).join(', ')}`;
    throw new RequestError(
      'invalid',
      `the vectors of ${name} have ${embedder.dimensions} numbers${shorter}; ${dimensions} are not to be had. Leave the dimensions out, and make the index of your vectors for ${embedder.dimensions}`,
      { param: 'dimensions' },
    );
  }
  return (vector) => {
    const mean = matryoshka?.centred ? vector.reduce((sum, value) => sum + value, 0) / vector.length : 0;
    const short = vector.slice(0, dimensions).map((value) => value - mean);
    if (unnormalised) return short;
    const length = Math.hypot(...short);
    return length === 0 ? short : short.map((value) => value / length);
  };
}
