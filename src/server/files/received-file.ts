import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskErrorOf } from '../../errors.ts';
import { bodyChunks } from '../body-chunks.ts';
import { packedWrongly } from '../hooks/unpacked.ts';
import { RequestError } from '../problem.ts';

/** A file that a client sent, on the disk. Its name there is none of the client's. */
export interface ReceivedFile {
  readonly place: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** The disk that files of clients take while they are read. */
export interface FileRoom {
  /** Bytes of one file. */
  readonly mostBytes: number;
  receive(body: AsyncIterable<Uint8Array>, file: { readonly path: string; readonly stops: readonly AbortSignal[] }): Promise<ReceivedFile>;
}

/** Milliseconds without a byte after which a sender is given up. */
const IDLE_MS = 60_000;
/** So many of the largest files may lie there at the same time. */
const FILES = 4;

export function createFileRoom(mostBytes: number, temporary: string = tmpdir()): FileRoom {
  let held = 0;
  return {
    mostBytes,
    receive: async (body, { path, stops }) => {
      let bytes = 0;
      const folder = await mkdtemp(join(temporary, 'finetooth-file-')).catch((error: unknown) => {
        throw diskErrorOf(error, temporary);
      });
      const remove = async (): Promise<void> => {
        held -= bytes;
        bytes = 0;
        await rm(folder, { recursive: true, force: true });
      };
      try {
        // Readable by no one else: a private document stays private on a shared machine.
        const file = await open(join(folder, 'file'), 'wx', 0o600);
        try {
          for await (const chunk of bodyChunks(body, { idleMs: IDLE_MS, stops, late: () => `after ${bytes} bytes of ${path}` })) {
            bytes += chunk.length;
            held += chunk.length;
            if (bytes > mostBytes)
              throw new RequestError(
                'large',
                `${path} has more than ${mostBytes} bytes; take it apart, or index it with "finetooth index" on the server's machine`,
                { param: 'path' },
              );
            if (held > FILES * mostBytes)
              throw new RequestError(
                'busy',
                `${path}: other files take all of the room that this server has for them; send it again later`,
                {
                  retryAfter: 5,
                },
              );
            for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
          }
        } finally {
          await file.close();
        }
        return { place: join(folder, 'file'), bytes, remove };
      } catch (error) {
        await remove();
        if (packedWrongly(error))
          throw new RequestError('malformed', `${path} is not packed as its content-encoding says`, { param: 'path' });
        throw diskErrorOf(error, temporary);
      }
    },
  };
}
