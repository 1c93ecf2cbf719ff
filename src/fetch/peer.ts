import { FinetoothError, messageOf } from '../errors.ts';

/**
 * An optional package, imported on first use. Throws E_PACKAGE with the command that installs it.
 *
 * @param purpose what needs it, before the sentence: `docs/a.pdf cannot be read`
 */
export async function peer<Module>(name: string, load: () => Promise<Module>, purpose?: string): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing = (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND' && messageOf(error).includes(name);
    const sentence = isMissing
      ? `the package ${name} is not installed: npm install ${name}`
      : `the package ${name} cannot be loaded (${messageOf(error)}).`;
    throw new FinetoothError('E_PACKAGE', purpose === undefined ? sentence : `${purpose}, as ${sentence}`, { cause: error });
  }
}
