import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../finetooth.ts';

const tiny = join(import.meta.dirname, '..', 'tiny-embedders');

/** A copy of a tiny sparse encoder: `splade` reads queries as it reads documents, of `sparse` they are looked up. */
export function sparseModel(name: 'splade' | 'sparse'): string {
  const folder = join(workFolder(), name);
  cpSync(join(tiny, 'splade'), folder, { recursive: true, filter: (from) => name === 'splade' || !from.includes('1_SpladePooling') });
  if (name === 'sparse') cpSync(join(tiny, 'sparse'), folder, { recursive: true });
  return folder;
}

/** Merges into a file of JSON; undefined removes. */
export function changeJson(path: string, changes: object): void {
  const stated = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : {};
  writeFileSync(path, JSON.stringify({ ...stated, ...changes }));
}
