import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** README.md of a model's folder; empty where there is none. */
export const readCard = (folder: string): Promise<string> => readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
