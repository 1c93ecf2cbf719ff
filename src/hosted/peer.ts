import { FinetoothError, messageOf } from '../errors.ts';

/** An optional package, imported on first use. Throws E_PACKAGE with the command that installs it. */
export async function peer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing = (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND' && messageOf(error).includes(name);
    throw new FinetoothError(
      'E_PACKAGE',
      isMissing
        ? `the package ${name} is not installed: npm install ${name}`
        : `the package ${name} cannot be loaded (${messageOf(error)}).`,
      { cause: error },
    );
  }
}
