import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Random } from '../../src/math/random.ts';

/** What a disk, a copy or a person does to a file; `other` is the path of a file that takes its place. */
export const fileDamages: Readonly<Record<string, (path: string, random: Random, other: string | undefined) => void>> = {
  flip: (path, random) => {
    const bytes = readFileSync(path);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    writeFileSync(path, bytes);
  },
  cut: (path, random) => truncateSync(path, random.below(readFileSync(path).length)),
  remove: (path) => rmSync(path),
  zeros: (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)),
  other: (path, _, other) => writeFileSync(path, readFileSync(other as string)),
};
