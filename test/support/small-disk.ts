import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallDisk {
  readonly folder: string;
  /** Takes every byte that is left. */
  fill(): Promise<void>;
  /** Gives them back. */
  makeRoom(): Promise<void>;
  /** What uses it has to be ended before. */
  remove(): Promise<void>;
}

/** A disk of its own of so many megabytes, in memory. Where none can be had, why. */
export async function smallDisk(megabytes: number): Promise<SmallDisk | string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a disk of its own needs Linux and the rights of root';
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-disk-'));
  const run = promisify(execFile);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'finetooth-test', folder]);
  } catch (error) {
    await rmdir(folder);
    return `no disk of its own can be mounted: ${(error as Error).message.split('\n').at(-2) ?? 'mount fails'}`;
  }
  chmodSync(folder, 0o777);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: async () => {
      const file = await open(filler, 'a');
      try {
        for (const bytes of [1 << 20, 4096, 1]) while (await wrote(file.write(Buffer.alloc(bytes)))) {}
      } finally {
        await file.close();
      }
    },
    makeRoom: () => rm(filler, { force: true }),
    remove: async () => {
      await run('umount', [folder]);
      await rmdir(folder);
    },
  };
}

const wrote = (writing: Promise<{ readonly bytesWritten: number }>): Promise<boolean> =>
  writing.then(
    ({ bytesWritten }) => bytesWritten > 0,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOSPC') return false;
      throw error;
    },
  );
