import { FinetoothError } from '../errors.ts';
import { asText } from './as-text.ts';
import { quoted } from './retry/failure.ts';
import type { RankingRow } from './vendor.ts';
import { ShapeError } from './wire.ts';

/** One finite score for each of `count` documents, in their order. Throws ShapeError with the row that is wrong. */
export function checkedScores(ranking: readonly RankingRow[], count: number): readonly number[] {
  const scores = new Array<number | undefined>(count).fill(undefined);
  for (const { index, score, row = { index, score } } of ranking) {
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
      throw new ShapeError(
        `gives the index ${index === undefined ? 'none' : asText([index]).slice(1, -1).slice(0, 60)}; ${count} documents were sent, from 0`,
        row,
      );
    if (scores[index as number] !== undefined) throw new ShapeError(`gives the index ${index as number} twice`, row);
    if (typeof score !== 'number' || !Number.isFinite(score)) throw new ShapeError(`gives a score that is no number`, row);
    scores[index as number] = score;
  }
  const missing = scores.indexOf(undefined);
  if (missing >= 0)
    throw new ShapeError(`has scores for ${ranking.length} of ${count} documents; the first without one is ${missing}`, ranking);
  return scores as readonly number[];
}

/** [count × dimensions], each row of length 1. Throws ShapeError for another count, another dimension, a number that is none, a row of zeros. */
export function checkedVectors(
  rows: readonly unknown[],
  count: number,
  dimensions: number | undefined,
): { readonly data: Float32Array; readonly dimensions: number } {
  if (rows.length !== count) throw new ShapeError(`has ${rows.length} vectors for ${count} texts`, rows.length);
  const [first] = rows;
  const size = dimensions ?? (Array.isArray(first) ? first.length : 0);
  if (size < 1) throw new ShapeError('has no vector', first);
  const data = new Float32Array(count * size);
  for (const [row, values] of rows.entries()) {
    if (!Array.isArray(values) || values.length !== size)
      throw new ShapeError(`has a vector of ${Array.isArray(values) ? values.length : 'no'} numbers where ${size} were expected`, {
        index: row,
      });
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const value: unknown = values[i];
      if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(`has a number in vector ${row} that is none`, value);
      sum += value * value;
    }
    if (!(sum > 0) || !Number.isFinite(sum)) throw new ShapeError(`has a vector without a direction (${row})`, values.slice(0, 4));
    const length = Math.sqrt(sum);
    for (let i = 0; i < size; i++) data[row * size + i] = (values[i] as number) / length;
  }
  return { data, dimensions: size };
}

/** A vendor and a model in one word, `together:BAAI/bge-base-en-v1.5`. Throws E_USAGE for a model without a name. */
export function hostedName(vendor: string, model: string): string {
  if (model.trim() !== '' && !/[\p{Cc}\s]/u.test(model)) return `${vendor}:${model}`;
  throw new FinetoothError('E_USAGE', `"${vendor}:" needs the name of a model behind it; got "${quoted(model, undefined, 60)}".`);
}
