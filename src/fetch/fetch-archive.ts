import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import { withLock } from '../time/file-lock.ts';
import { fileChanged, readRecord } from './checksums.ts';
import { syncFolder } from './download.ts';
import { bookOf, type FetchFileOptions, fetchNeeded, isFile, record } from './fetch-file.ts';
import type { Hub, HubFile } from './hub.ts';

/** A file inside an archive, and where it belongs. */
export interface Member {
  /** Path inside the archive. */
  readonly path: string;
  readonly to: string;
  readonly sha256?: string | undefined;
}

/** Fetches a zip archive of the hub and takes out of it what is not here yet; the archive itself is not kept. Throws E_DOWNLOAD. */
export const fetchMembers = (
  hub: Hub,
  file: HubFile,
  members: readonly Member[],
  folder: string,
  options: Omit<FetchFileOptions, 'sha256'>,
): Promise<void> =>
  withLock(join(folder, 'archive'), options.signal, async (signal) => {
    const missing: Member[] = [];
    for (const member of members) if (!(await isFile(member.to))) missing.push(member);
    if (missing.length === 0) return;
    const archive = join(folder, basename(file.path));
    const call = { ...options, signal };
    await fetchNeeded(hub, file, archive, call);
    try {
      await takeAll(archive, missing, `${file.repository}/${file.path}@${file.revision}`, call);
    } finally {
      // Kept only where the user stopped: then the next call need not fetch it again.
      if (!signal.aborted) await rm(archive, { force: true });
    }
  });

async function takeAll(archive: string, members: readonly Member[], from: string, options: FetchFileOptions): Promise<void> {
  const { openPromise } = await import('yauzl');
  let zip: ZipFile;
  try {
    zip = await openPromise(archive, { autoClose: false });
  } catch (cause) {
    throw new FinetoothError('E_DOWNLOAD', `the archive ${from} cannot be read: ${messageOf(cause)}`, { cause });
  }
  try {
    const left = new Map(members.map((member) => [member.path, member]));
    for await (const entry of zip.eachEntry()) {
      const member = left.get(entry.fileName);
      if (member === undefined) continue;
      await take(zip, entry, member, from, options);
      left.delete(entry.fileName);
    }
    if (left.size > 0) throw new FinetoothError('E_DOWNLOAD', `the archive ${from} has no file ${[...left.keys()].join(' and no file ')}`);
  } catch (cause) {
    if (cause instanceof FinetoothError) throw cause;
    throw new FinetoothError('E_DOWNLOAD', `the archive ${from} is damaged: ${messageOf(cause)}`, { cause });
  } finally {
    zip.close();
  }
}

async function take(zip: ZipFile, entry: Entry, { to, sha256 }: Member, from: string, options: FetchFileOptions): Promise<void> {
  const part = `${to}.part`;
  const hash = createHash('sha256');
  let sum = 0;
  const checking = new Transform({
    transform: (chunk: Uint8Array, _, done) => {
      hash.update(chunk);
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), checking, createWriteStream(part), { signal: options.signal }).catch(
    (error: unknown) => {
      throwIfStopped(options.signal);
      throw diskErrorOf(error, part);
    },
  );
  if (sum !== entry.crc32) throw new FinetoothError('E_DOWNLOAD', `the archive ${from} is damaged: ${entry.fileName} has a wrong checksum`);
  const got = hash.digest('hex');
  const expected = sha256 ?? (await readRecord(bookOf(dirname(to)), basename(to)))?.sha256;
  if (expected !== undefined && expected !== got) {
    await rm(part, { force: true });
    throw fileChanged('model', entry.fileName, expected, got, options.advice);
  }
  await rename(part, to);
  await syncFolder(dirname(to));
  await record(to, got, `${from}#${entry.fileName}`);
}
