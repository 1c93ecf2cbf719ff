import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import { syncFolder } from '../store/lancedb/durability.ts';

/** A file of lines, for one writer at a time. What has resolved is on the disk; whoever reads meanwhile sees whole lines. */
export interface LineFile {
  /** At the end, with one turn of the disk. The file is made by the first. */
  add(lines: readonly string[]): Promise<void>;
  /** Takes back the last `add` since it was opened, or since `replace`, that was not taken back yet. */
  undo(): Promise<void>;
  /** All lines at once, or none after a kill. */
  replace(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function openLineFile(path: string): LineFile {
  let opened: { readonly file: Awaited<ReturnType<typeof open>>; readonly lengths: number[] } | undefined;
  const close = async (): Promise<void> => {
    await opened?.file.close();
    opened = undefined;
  };
  return {
    add: async (lines) => {
      const bytes = bytesIn(lines);
      try {
        if (opened === undefined) {
          const file = await open(path, 'a');
          opened = { file, lengths: [(await file.stat()).size] };
        }
        await opened.file.appendFile(bytes);
        await opened.file.sync();
      } catch (error) {
        // Half a line is not left behind; where even this fails, the next opening mends it.
        await opened?.file.truncate(opened.lengths.at(-1)).catch(() => undefined);
        throw diskErrorOf(error, path);
      }
      opened.lengths.push((opened.lengths.at(-1) as number) + bytes.length);
    },
    undo: async () => {
      if (opened === undefined || opened.lengths.length < 2) return;
      opened.lengths.pop();
      await opened.file.truncate(opened.lengths.at(-1));
      await opened.file.sync();
    },
    replace: async (lines) => {
      // One writer at a time: a part of that name is of one that was killed.
      const part = `${path}.part`;
      try {
        await writeFile(part, bytesIn(lines), { flush: true });
        await rename(part, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        throw diskErrorOf(error, path);
      }
      await close();
    },
    close,
  };
}

/** Bytes of a file up to its last line end: what comes behind it is being written, or was when the machine stopped. None where there is no file. */
export async function wholeLines(path: string): Promise<Buffer> {
  const bytes = await bytesOf(path);
  return bytes.subarray(0, bytes.lastIndexOf(10) + 1);
}

/** Ends a last line that lacks only its line end; drops one that was being written when the machine stopped. */
export async function mended(
  path: string,
  isWhole: (line: string) => boolean,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const bytes = await bytesOf(path);
  const from = bytes.lastIndexOf(10) + 1;
  const [before, line] = [bytes.toString('utf8', 0, from), bytes.toString('utf8', from)];
  if (line === '') return { text: before, notes: [] };
  const whole = isWhole(line);
  try {
    const file = await open(path, 'r+');
    try {
      if (whole) await file.write('\n', bytes.length);
      else await file.truncate(from);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const error = diskErrorOf(cause, path);
    if (error instanceof FinetoothError) throw error;
    throw new FinetoothError(
      'E_USAGE',
      (say) => `${path} cannot be written to (${messageOf(cause)}). Name another folder ${say.as('into')}.`,
    );
  }
  return whole
    ? { text: `${before}${line}\n`, notes: [] }
    : { text: before, notes: [`${path}: the last line, ${JSON.stringify(line.slice(0, 60))}, was cut off and is dropped.`] };
}

/** None where there is no file. */
export async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return Buffer.alloc(0);
    throw new FinetoothError('E_INPUT_MISSING', `cannot read ${path} (${messageOf(cause)}).`, { cause });
  }
}

const bytesIn = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
