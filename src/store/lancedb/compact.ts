import { throwIfStopped } from '../../errors.ts';
import { indexMissing } from '../index-changes.ts';
import { connectFolder } from './connection.ts';
import { measureFolder, sweepFolder } from './index-folder.ts';
import { APPROXIMATE_FROM, compactTable } from './optimize.ts';
import { createSegments } from './segments.ts';
import type { UpkeepOptions } from './verify.ts';

/** Bytes of the folder. */
export interface Compacted {
  readonly before: number;
  readonly after: number;
}

/**
 * Merges the files of an index, builds its indexes again, and removes old versions at once, with what killed writers left. Other writers wait;
 * searches go on. Stopped or killed, it leaves the index whole.
 *
 * @throws E_INDEX_MISSING, E_LOCKED when another process writes for longer than five minutes, E_STOPPED
 */
export async function compactFolder(folder: string, { signal, onProgress }: UpkeepOptions = {}): Promise<Compacted> {
  const connection = connectFolder(folder, 'power');
  try {
    if ((await connection.open()) === undefined) throw indexMissing(folder);
    const { bytes: before } = await measureFolder(folder);
    await connection.write(
      'compact',
      async (opened, acknowledge) => {
        await sweepFolder(folder);
        await compactTable(opened, { from: APPROXIMATE_FROM, durability: 'power', acknowledge, segments: createSegments() }, (done) => {
          throwIfStopped(signal);
          onProgress?.({ done, total: 3, unit: 'step' });
        });
      },
      signal,
    );
    return { before, after: (await measureFolder(folder)).bytes };
  } finally {
    connection.close();
  }
}
