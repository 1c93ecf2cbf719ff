import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf, throwIfStopped } from '../errors.ts';
import type { ReadNote } from '../types.ts';
import { ignoreRulesOf, noRules, patternOf } from './ignore-rules.ts';
import { kindOfPath, unreadable } from './path.ts';

export interface FolderOptions {
  /** Files that are read, as patterns of a `.gitignore` (`*.md`, `docs/`); one of an unknown format is read as text. @default all of known formats */
  readonly include?: readonly string[];
  /** Files and folders that are left out, written so too. @default none */
  readonly exclude?: readonly string[];
  /** Read what a `.gitignore` leaves out, too. @default false */
  readonly ignored?: boolean;
  /** Read what links in a folder lead to outside of it: anything on this machine, wherever the folder comes from. @default false */
  readonly followLinks?: boolean;
  /** The first file of a folder that cannot be read is an error. @default false: it is left out with a note */
  readonly strict?: boolean;
}

export interface FolderFiles {
  /** Documents, as paths with forward slashes, sorted. */
  readonly files: readonly string[];
  /** What was left out, and why. */
  readonly left: readonly ReadNote[];
  /** The first error about what was left out. */
  readonly failure?: FinetoothError;
}

interface Walked {
  readonly root: string;
  /** What the folder is called in sentences. */
  readonly name: string;
  readonly isDocument: (path: string) => boolean;
  readonly signal?: AbortSignal;
}

/** The documents below a folder, hidden ones left out. A folder that links lead to twice is walked once. */
export async function filesBelow({ root, name, isDocument, signal }: Walked, options: FolderOptions): Promise<FolderFiles> {
  const { include, exclude, ignored = false, followLinks = false, strict = false } = options;
  const files: string[] = [];
  const left: ReadNote[] = [];
  let failure: FinetoothError | undefined;
  const note = (kind: ReadNote['kind'], path: string): void => void left.push({ kind, where: `${name}/${path}`, reason: '' });
  const fail = (path: string, error: unknown, kind: 'dead-link' | 'unreadable'): void => {
    if (strict || path === '') throw error;
    failure ??= error as FinetoothError;
    left.push(failureNote(`${name}/${path}`, path, error, kind));
  };
  const realRoot = await realpath(root).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  const isIncluded = include === undefined || include.length === 0 ? undefined : await patternOf(include);
  const isExcluded = exclude === undefined || exclude.length === 0 ? () => false : await patternOf(exclude);
  // A folder of somebody else may hold links to whatever is secret on this machine.
  const inside = realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`;
  const leadsOut = async (inner: string): Promise<boolean> => {
    if (followLinks) return false;
    const real = await realpath(join(root, inner));
    return real !== realRoot && !real.startsWith(inside);
  };
  const take = (path: string): void => {
    if (isIncluded !== undefined && !isIncluded(path)) return;
    if (isDocument(path)) files.push(path);
    else note('other-format', path);
  };
  /** What a link leads to matters only where it stands for a document. */
  const followed = async (inner: string): Promise<'folder' | undefined> => {
    const mayBeDocument = isDocument(inner) && isIncluded?.(inner) !== false;
    try {
      const kind = await kindOfPath(join(root, inner), `${name}/${inner}`);
      if ((kind === 'folder' || mayBeDocument) && (await leadsOut(inner))) note('link-outside', inner);
      else if (kind === 'folder') return 'folder';
      else take(inner);
    } catch (error) {
      if (mayBeDocument) fail(inner, error, leadsNowhere(error) ? 'dead-link' : 'unreadable');
      else note('other-format', inner);
    }
    return undefined;
  };
  const walked = new Set<string>();
  // Linked folders come last, so that a document has its real path wherever it has one.
  const base = ignored ? noRules : await ignoreRulesOf(realRoot);
  const due = [{ folder: '', rules: base }];
  const linked: typeof due = [];
  for (let next = due.pop() ?? linked.shift(); next !== undefined; next = due.pop() ?? linked.shift()) {
    throwIfStopped(signal);
    const { folder } = next;
    let entries: Dirent[];
    try {
      const real = await realpath(join(root, folder));
      if (walked.has(real)) continue;
      walked.add(real);
      entries = await readdir(join(root, folder), { withFileTypes: true });
    } catch (error) {
      fail(folder, unreadable(folder === '' ? name : `${name}/${folder}`, error), 'unreadable');
      continue;
    }
    const rules = await next.rules.within(folder, entries);
    for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
      if (entry.name.startsWith('.')) continue;
      const inner = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const asRule = entry.isDirectory() ? `${inner}/` : inner;
      if (isExcluded(asRule)) continue;
      if (rules.leavesOut(asRule)) note('ignored', inner);
      else if (entry.isDirectory()) due.push({ folder: inner, rules });
      else if (!entry.isSymbolicLink()) take(inner);
      else if ((await followed(inner)) === 'folder') linked.push({ folder: inner, rules });
    }
  }
  return { files: files.sort(byName), left: left.sort((a, b) => byName(a.where, b.where)), failure };
}

/** The note about a file that could not be read; its path spares what an index holds of it. */
export function failureNote(where: string, path: string, error: unknown, kind: 'dead-link' | 'unreadable' = 'unreadable'): ReadNote {
  return { kind, where, reason: messageOf(error), code: error instanceof FinetoothError ? error.code : undefined, path };
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The target of a link does not exist, or is the link itself. */
const leadsNowhere = (error: unknown): boolean =>
  error instanceof FinetoothError && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCodeOf(error.cause) ?? '');
