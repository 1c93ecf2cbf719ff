import { writeFile } from 'node:fs/promises';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';

/** Writes a file that the user named. Throws E_DISK_FULL, or E_USAGE for a place that cannot be written to. */
export async function saveText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const known = diskErrorOf(error, path);
    throw known instanceof FinetoothError
      ? known
      : new FinetoothError('E_USAGE', `${path} cannot be written: ${messageOf(error)}.`, { cause: error });
  }
}
