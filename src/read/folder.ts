import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { FinetoothError, systemCodeOf, throwIfStopped } from '../errors.ts';
import type { ReadDocument, ReadNote } from '../types.ts';
import { kindOfPath, unreadable } from './path.ts';
import type { Reader } from './reader.ts';
import { createSource, type Source } from './source.ts';

interface Found {
  readonly files: readonly string[];
  /** Links to nothing that have the name of a document. */
  readonly dead: readonly string[];
  /** Links that lead out of the folder. */
  readonly outside: readonly string[];
}

/**
 * Reads one document for each file below a folder that one of these readers reads by its extension (.md, .markdown, .txt, .html and .htm), sorted by
 * path; other files and hidden ones are left out. `id` and the field `path` are the path below the folder. An empty file is a document with an empty
 * text. Links that lead to nothing, or out of the folder, are left out with a note, unless `followLinks` says that they may lead out.
 */
export function folderOf(documents: readonly Reader[]) {
  return {
    name: 'folder',
    extensions: [],
    recognise: () => false,
    read: (source) => readFolder(source, documents),
  } as const satisfies Reader;
}

async function* readFolder(
  { path: root = '', name, signal, followLinks = false }: Source,
  documents: readonly Reader[],
): AsyncGenerator<ReadDocument> {
  const shown = name.replace(/(?<=.)[/\\]+$/, '');
  const readerOf = (path: string): Reader | undefined => documents.find(({ extensions }) => extensions.includes(extensionOf(path)));
  const { files, dead, outside } = await filesBelow(root, shown, { isDocument: (path) => readerOf(path) !== undefined, followLinks });
  const noteOf = (kind: ReadNote['kind']) => (path: string) => ({ kind, where: `${shown}/${path}`, reason: '' });
  const leftOut = [...dead.map(noteOf('dead-link')), ...outside.map(noteOf('link-outside'))];
  let count = 0;
  for (const path of files) {
    const reader = readerOf(path);
    if (reader === undefined || /\.gz$/i.test(path)) continue;
    throwIfStopped(signal);
    const where = `${shown}/${path}`;
    const kind = await kindOfPath(join(root, path), where);
    if (kind !== 'file')
      throw new FinetoothError('E_INPUT_MISSING', `${where} is a pipe or a folder, not a file. Rename it, or read it by itself.`);
    const source = createSource({ name: where, kind, path: join(root, path), documentPath: path, mayBeEmpty: true, signal });
    try {
      for await (const read of reader.read(source)) {
        const notes = [...(count === 0 ? leftOut : []), ...(read.notes ?? [])];
        yield { ...read, ...(notes.length > 0 && { notes }) };
        count++;
      }
    } finally {
      await source.close();
    }
  }
  if (count > 0) return;
  const extensions = documents.flatMap((reader) => reader.extensions.map((extension) => `.${extension}`));
  // Without any document a dead link is no side issue: the sentence about it.
  if (dead[0] !== undefined) await kindOfPath(join(root, dead[0]), `${shown}/${dead[0]}`);
  const example = files[0] === undefined ? 'it holds no files' : `it holds ${files.length} other, for example ${basename(files[0])}`;
  if (outside[0] !== undefined)
    throw new FinetoothError(
      'E_INPUT_EMPTY',
      (say) =>
        `${shown} has no file of its own to read: ${shown}/${outside[0]} is a link out of the folder. Name what it leads to, or pass ${say.option('followLinks')}.`,
    );
  throw new FinetoothError(
    'E_INPUT_EMPTY',
    `${shown} has no ${extensions.join(', ')} file: ${example}. To read a JSON, CSV or Parquet file, name the file itself.`,
  );
}

const extensionOf = (path: string): string => /\.([^./\\]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? '';

/** Files below a folder, as paths with forward slashes, hidden ones left out. A folder that links lead to twice is walked once. */
async function filesBelow(
  root: string,
  name: string,
  { isDocument, followLinks }: { readonly isDocument: (path: string) => boolean; readonly followLinks: boolean },
): Promise<Found> {
  const files: string[] = [];
  const dead: string[] = [];
  const outside: string[] = [];
  // A folder of somebody else may hold links to whatever is secret on this machine.
  let inside: ((real: string) => boolean) | undefined;
  const leadsOut = async (inner: string): Promise<boolean> => !followLinks && inside?.(await realpath(join(root, inner))) === false;
  const walked = new Set<string>();
  // Linked folders come last, so that a document has its real path wherever it has one.
  const due: string[] = [''];
  const linked: string[] = [];
  for (let folder = due.pop() ?? linked.shift(); folder !== undefined; folder = due.pop() ?? linked.shift()) {
    const path = join(root, folder);
    const refuse = (error: unknown): never => {
      throw unreadable(folder === '' ? name : `${name}/${folder}`, error);
    };
    const real = await realpath(path).catch(refuse);
    inside ??= (other) => other === real || other.startsWith(real.endsWith(sep) ? real : `${real}${sep}`);
    if (walked.has(real)) continue;
    walked.add(real);
    const entries: Dirent[] = await readdir(path, { withFileTypes: true }).catch(refuse);
    for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
      if (entry.name.startsWith('.')) continue;
      const inner = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) due.push(inner);
      else if (entry.isSymbolicLink()) {
        // What a link leads to matters only where it stands for a document.
        const kind = await kindOfPath(join(root, inner), `${name}/${inner}`).catch((error: unknown) => {
          if (!isDocument(inner)) return undefined;
          if (leadsNowhere(error)) return 'dead';
          throw error;
        });
        if (kind === 'dead') dead.push(inner);
        else if (kind !== undefined && (kind === 'folder' || isDocument(inner)) && (await leadsOut(inner))) outside.push(inner);
        else if (kind === 'folder') linked.push(inner);
        else files.push(inner);
      } else files.push(inner);
    }
  }
  return { files: files.sort(byName), dead: dead.sort(byName), outside: outside.sort(byName) };
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The target of a link does not exist, or is the link itself. */
const leadsNowhere = (error: unknown): boolean =>
  error instanceof FinetoothError && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCodeOf(error.cause) ?? '');
