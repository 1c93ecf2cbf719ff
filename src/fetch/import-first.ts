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
  // Node names the package, Vite what was asked of it.
  return code === 'ERR_MODULE_NOT_FOUND' && [name, packageOf(name)].some((one) => String(message).includes(`'${one}'`));
}

/** `@scope/name` of `@scope/name/part`. */
const packageOf = (name: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
