import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of an installed package that carries a model, or undefined where it is not installed. */
export function bundledFolder(packageName: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch {
    return undefined;
  }
}
