import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Cuts a safetensors file into one shard a tensor with an index, as transformers' `save_pretrained` with a small `max_shard_size` does. */
export function shard(file: string): readonly string[] {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')) as Record<string, { data_offsets: [number, number] }>;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const map: Record<string, string> = {};
  tensors.forEach(([name, place], i) => {
    const number = (count: number): string => String(count).padStart(5, '0');
    const [from, to] = place.data_offsets;
    map[name] = `model-${number(i + 1)}-of-${number(tensors.length)}.safetensors`;
    const own = Buffer.from(JSON.stringify({ [name]: { ...place, data_offsets: [0, to - from] } }));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(own.length));
    writeFileSync(join(dirname(file), map[name]), Buffer.concat([size, own, bytes.subarray(8 + length + from, 8 + length + to)]));
  });
  writeFileSync(`${file}.index.json`, JSON.stringify({ metadata: { total_size: bytes.length - 8 - length }, weight_map: map }));
  rmSync(file);
  return Object.values(map);
}
