import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tagOf } from '../entity-tag.ts';

export interface PageFile {
  readonly bytes: Buffer;
  /** Absent where it would be no shorter. */
  readonly packed?: Buffer;
  readonly type: string;
  /** Of its bytes, in quotes. */
  readonly tag: string;
  /** Whether its name changes with its content. */
  readonly isHashed: boolean;
}

/** The files of a page by their paths in its folder, with `/` between names. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Where the build puts the page. */
export const builtPage = (): string => join(dirname(createRequire(import.meta.url).resolve('finetooth/package.json')), 'dist', 'ui');

/** All that a page may be made of: a file of another kind is not sent. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads the files of a page when the first browser asks, so that a server that none asks pays nothing for it. What is sent is what was found then: no path of a
 * request reaches the disk. A folder without an `index.html` is looked at again by the next request, for who builds the page meanwhile.
 */
export function createPageFiles(folder: string): () => Promise<PageFiles | undefined> {
  let found: Promise<PageFiles | undefined> | undefined;
  return () => {
    found ??= readPage(folder).then(
      (files) => {
        if (files === undefined) found = undefined;
        return files;
      },
      (error: unknown) => {
        found = undefined;
        throw error;
      },
    );
    return found;
  };
}

async function readPage(folder: string): Promise<PageFiles | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const paths = entries
    // A link may lead elsewhere.
    .filter((entry) => entry.isFile() && types[extname(entry.name)] !== undefined)
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, '/').length).replaceAll('\\', '/'));
  if (!paths.includes('index.html')) return undefined;
  return new Map(await Promise.all(paths.map(async (path) => [path, await fileAt(folder, path)] as const)));
}

async function fileAt(folder: string, path: string): Promise<PageFile> {
  const bytes = await readFile(join(folder, path));
  const type = types[extname(path)] as string;
  const packed = /^(text|image\/svg|application)/.test(type) ? await promisify(gzip)(bytes, { level: 9 }) : undefined;
  return {
    bytes,
    packed: packed !== undefined && packed.length < bytes.length ? packed : undefined,
    type,
    tag: tagOf(bytes),
    // As Vite names what it builds: eight signs of base64url before the extension.
    isHashed: /-[\w-]{8}\.\w+$/.test(path) && path !== 'index.html',
  };
}
