import { FinetoothError } from '../errors.ts';

/** `--in` of a command that can do without. Throws E_USAGE for several. */
export function oneIndex(given: readonly string[] | undefined): string | undefined {
  if (given !== undefined && given.length > 1)
    throw new FinetoothError('E_USAGE', `--in names one index here; got ${given.join(' and ')}. Only "serve" and "mcp" take several.`);
  return given?.[0];
}

/** `--in` of a command that needs one. Throws E_USAGE without, and for several. */
export function theIndex(given: readonly string[] | undefined, command: string): string {
  const folder = oneIndex(given);
  if (folder === undefined)
    throw new FinetoothError('E_USAGE', `${command} needs --in INDEX: a folder, or the address of an index in a database.`);
  return folder;
}
