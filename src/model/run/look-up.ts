import { FinetoothError } from '../../errors.ts';
import { cutVector } from '../../math/cut-vector.ts';
import type { BiEncoderEntry, TokenTable } from '../catalog/model-entry.ts';
import { findTensor, readTensor } from '../safetensors.ts';
import type { TextTokenizer } from '../tokenize/tokenizer.ts';
import type { EncodeRequest, EncodeResult } from './encode.ts';
import { gatherTokens, writeUnit } from './token-rows.ts';

/** Makes what gives the vectors of texts by a static model: the mean of the rows of their tokens. No runtime is loaded. */
export async function openTable(
  path: string,
  entry: BiEncoderEntry & { readonly table: TokenTable },
  tokenizer: TextTokenizer,
): Promise<(request: EncodeRequest) => EncodeResult> {
  const { table, dimensions, maxTokens, cutFrom = dimensions, matryoshka, name } = entry;
  const { data: rows, shape } = await readTensor(path, table.vectors);
  const weights = table.skipsUnknown ? (await findTensor(path, 'weights'))?.data : undefined;
  const mapping = table.skipsUnknown ? (await findTensor(path, 'mapping'))?.data : undefined;
  const [count = 0, width = 0] = shape;
  if (width !== cutFrom)
    throw new FinetoothError('E_MODEL_FAILED', `the table of ${name} has ${width} numbers a token; expected ${cutFrom}`);
  const unknown = table.skipsUnknown ? tokenizer.unknown : undefined;
  const meanOf = (ids: readonly number[]): Float32Array => {
    const mean = new Float32Array(width);
    for (const id of ids) {
      const row = mapping === undefined ? id : (mapping[id] ?? count);
      if (row >= count)
        throw new FinetoothError('E_MODEL_FAILED', `the table of ${name} has no row for the token ${id}; it is not of this tokenizer`);
      const weight = (weights?.[id] ?? 1) / ids.length;
      for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) + weight * (rows[row * width + i] as number);
    }
    return mean;
  };
  return ({ texts }) => {
    const read = texts.map((text) => {
      const { ids, truncated } = tokenizer.plain(text, maxTokens);
      return { ids: unknown === undefined ? ids : ids.filter((id) => id !== unknown), truncated };
    });
    const vectors = new Float32Array(texts.length * dimensions);
    const lengths = new Float32Array(texts.length);
    for (const [i, { ids }] of read.entries()) {
      const mean = meanOf(ids);
      const vector = cutFrom === dimensions ? mean : cutVector(mean, dimensions, matryoshka?.centred);
      lengths[i] = writeUnit(vectors, i * dimensions, vector, 0, dimensions);
    }
    const none = { rows: texts.map(() => new Float32Array(0)), packs: texts.map(() => new Uint8Array(0)) };
    return {
      vectors,
      lengths,
      tokens: Uint32Array.from(read, ({ ids }) => ids.length),
      truncated: Uint32Array.from(read, ({ truncated }) => truncated),
      ...gatherTokens(none.rows, none.packs, 1),
    };
  };
}
