/**
 * The first of several packages that is installed, loaded. One that is there and does not load is an error: another would hide what is wrong with it.
 *
 * @throws ERR_MODULE_NOT_FOUND for the last one where none is installed
 */
export async function importFirst(...names: readonly [string, ...string[]]): Promise<unknown> {
  for (const name of names.slice(0, -1)) {
    try {
      return await import(name);
    } catch (error) {
      if (!isMissing(error, name)) throw error;
    }
  }
  return import(names.at(-1) as string);
}

/** Whether it is this package that is missing, and not one that it needs. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(`'${name}'`);
}
