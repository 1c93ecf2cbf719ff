import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of test collections: FINETOOTH_COLLECTIONS, else `shared/collections` beside the checkout. They are not part of the project. */
export const collectionsFolder = (): string =>
  resolve(process.env.FINETOOTH_COLLECTIONS ?? join(import.meta.dirname, '..', '..', 'shared', 'collections'));

/** Path of a collection's file or folder; nothing when it is not on this machine. */
export const collection = (name: string): string | undefined => {
  const path = join(collectionsFolder(), name);
  return existsSync(path) ? path : undefined;
};

/** Why a test or a figure is skipped. */
export const absence = (name: string): string =>
  `the collection ${name} is not in ${process.env.FINETOOTH_COLLECTIONS === undefined ? '../shared/collections' : 'FINETOOTH_COLLECTIONS'}`;

export const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
