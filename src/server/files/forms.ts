import { z } from 'zod';
import { RequestError } from '../problem.ts';

/** Characters of a path: what file systems take, and a header has room for. */
const LONGEST_PATH = 1024;

const flag = z.enum(['true', 'false', '']).transform((value) => value !== 'false');

/** The file's name, or its path below the folder that it comes from, with `/` between names. */
const path = z.string();
/** By which it is read. @default told by the path, else by the first bytes */
const format = z.string().optional();

/** Behind the question mark. */
export const inspectQuery = z.strictObject({
  path,
  format,
  /** Documents that come back, 1 to 100. @default 3 */
  sample: z.coerce.number().int().min(1).max(100).optional(),
});
export const addFileQuery = z.strictObject({
  /** Absent: the body holds several files. */
  path: path.optional(),
  format,
  /** Remove what came of this path before and is not in it now. @default false */
  replace: flag.optional(),
});

export const inspectAnswer = z.object({
  path: z.string(),
  bytes: z.int(),
  format: z.string(),
  documents: z.int(),
  /** False where counting took too long: there are more. */
  complete: z.boolean(),
  /** `type` as an index would take it: by which filters compare it, or `text`, which is read; without one it is stored and no more. `filled`: of the first 256 documents. */
  fields: z.array(
    z.object({ name: z.string(), type: z.enum(['text', 'keyword', 'number', 'date', 'boolean']).optional(), filled: z.int() }),
  ),
  /** What `POST /v1/indexes` would be told as `fields`, `id_field` and `title_field`. */
  text_fields: z.array(z.string()),
  id_field: z.string().optional(),
  title_field: z.string().optional(),
  sample: z.array(z.record(z.string(), z.unknown())),
  notes: z.array(z.string()),
});

export const formatsAnswer = z.object({
  formats: z.array(z.object({ format: z.string(), extensions: z.array(z.string()), in_folders: z.boolean() })),
  /** Bytes of one file. */
  most_bytes: z.int(),
});

export const addFileAnswer = z.looseObject({
  /** Of a single file. */
  path: z.string().optional(),
  /** Of several: how many there were, and which could not be read. */
  files: z.int().optional(),
  failed: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  removed: z.int(),
  without_text: z.int(),
  notes: z.array(z.string()).optional(),
  took: z.number(),
});

/**
 * A path as a folder has it. Nothing of it ever names a file of the server: it is what the document is called by.
 *
 * @throws RequestError for one that is absolute, leads upwards, or has what no one sees
 */
export function checkedPath(path: string): string {
  const shown = JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path);
  const refuse = (why: string): never => {
    throw new RequestError('invalid', `path ${shown} ${why}; send the file's name, or its path below its folder, as notes/whales.md`, {
      param: 'path',
    });
  };
  if (path.trim() === '') return refuse('is empty');
  if (path.length > LONGEST_PATH) return refuse(`is longer than ${LONGEST_PATH} characters`);
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(path) || !path.isWellFormed())
    return refuse('holds characters that no one sees');
  if (path.includes('\\')) return refuse('holds a backslash');
  if (/^\/|^[a-z]:/i.test(path)) return refuse('is absolute');
  const names = path.split('/');
  if (names.some((name) => name === '.' || name === '..')) return refuse('leads out of its folder');
  if (names.some((name) => name.trim() === '')) return refuse('has an empty name in it');
  return path;
}
