import type { Entry, ZipFile } from 'yauzl';
import { FinetoothError, messageOf } from '../errors.ts';
import { joinBytes } from './bytes.ts';
import type { Source } from './source.ts';
import { decodeText, joinTexts } from './text.ts';

/** Bytes of an archive, and of all that is unpacked of it. */
const MOST = 256 * 1024 * 1024;
/** Files of an archive. */
const MOST_FILES = 100_000;

/** The files of a zip archive that hold text. */
export interface ZipMembers {
  has(path: string): boolean;
  /** Throws E_INPUT_FORMAT for one that is not there, is damaged, or unpacks with those before to more than 256 MiB. */
  text(path: string): Promise<string>;
  close(): void;
}

/** Opens a document that is a zip archive; `what` it is, for sentences. Throws E_INPUT_FORMAT. */
export async function openZip(source: Source, what: string): Promise<ZipMembers> {
  const { name } = source;
  const bytes = await joinBytes(source, MOST, what);
  const refused = (reason: string, cause?: unknown): FinetoothError =>
    new FinetoothError('E_INPUT_FORMAT', `${name} cannot be read as a ${what}: ${reason}. Save it again, or export its text.`, { cause });
  const { fromBufferPromise } = await import('yauzl');
  let zip: ZipFile;
  const entries = new Map<string, Entry>();
  try {
    zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), { autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= MOST_FILES) throw new Error(`it holds more than ${MOST_FILES} files`);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    throw refused(messageOf(error).replace(/\.$/, ''), error);
  }
  let unpacked = 0;
  async function* chunksOf(entry: Entry): AsyncGenerator<Uint8Array> {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      unpacked += (chunk as Uint8Array).length;
      if (unpacked > MOST) throw new Error(`it unpacks to more than ${MOST / 1024 / 1024} MiB`);
      yield chunk as Uint8Array;
    }
  }
  return {
    has: (path) => entries.has(path),
    text: async (path) => {
      const entry = entries.get(path);
      if (entry === undefined) throw refused(`it has no ${path}`);
      if (entry.isEncrypted()) throw refused('it is encrypted');
      try {
        return await joinTexts(path, decodeText(path, chunksOf(entry)));
      } catch (error) {
        throw refused(messageOf(error).replace(/\.$/, ''), error);
      }
    },
    close: () => zip.close(),
  };
}
