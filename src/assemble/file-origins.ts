import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, systemCodeOf } from '../errors.ts';

/** Which documents of an index came of which file, so that those which a file has lost can go. */
export interface FileOrigins {
  /** Ids of the documents that came of a file; none where it is not known. */
  of(path: string): Promise<ReadonlySet<string>>;
  /** Ids that came of other files too. */
  ofOthers(path: string): Promise<ReadonlySet<string>>;
  keep(path: string, ids: Iterable<string>): Promise<void>;
}

/** Named like the manifest, so that the folder counts as one of an index. */
const FOLDER = 'finetooth.json.files';

/**
 * Kept in the folder of an index, one file for each. What a killed writer did not keep is unknown afterwards, and stays in the index.
 *
 * @param indexId that of the manifest: of an index that was made again nothing is known
 */
export function fileOrigins(indexFolder: string, indexId: string): FileOrigins {
  const folder = join(indexFolder, FOLDER);
  const nameOf = (path: string): string => `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.jsonl`;
  const read = async (name: string): Promise<readonly string[]> => {
    const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return '';
      throw error;
    });
    const [head, ...lines] = text.split('\n').filter((line) => line !== '');
    if (head === undefined || (JSON.parse(head) as { readonly index?: string }).index !== indexId) return [];
    return lines.map((line) => JSON.parse(line) as string);
  };
  return {
    of: async (path) => new Set(await read(nameOf(path))),
    ofOthers: async (path) => {
      const names = await readdir(folder).catch(() => []);
      const all = await Promise.all(names.filter((name) => name.endsWith('.jsonl') && name !== nameOf(path)).map(read));
      return new Set(all.flat());
    },
    keep: async (path, ids) => {
      const part = join(folder, `${randomUUID()}.part`);
      const lines = [{ index: indexId, path }, ...ids].map((one) => `${JSON.stringify(one)}\n`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(part, lines.join(''));
        await rename(part, join(folder, nameOf(path)));
      } catch (error) {
        await rm(part, { force: true });
        throw diskErrorOf(error, folder);
      }
    },
  };
}
