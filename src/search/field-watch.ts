import { FinetoothError } from '../errors.ts';
import type { Document } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** Which of the fields that the user named no document has had so far. */
export function fieldWatch(fields: readonly string[] | undefined) {
  const missing = new Set(fields ?? []);
  const known = new Set<string>();
  return {
    see: (document: Document): void => {
      for (const name of Object.keys(document)) {
        if (known.size < 1000) known.add(name);
        missing.delete(name);
      }
    },
    /** Whether none of several fields has been there. */
    isBlank: (): boolean => fields !== undefined && missing.size === new Set(fields).size,
    check: (): void => {
      for (const name of missing) {
        const near = nearestName(name, [...known]);
        throw new FinetoothError(
          'E_FIELD',
          `no document has the field "${name}"${near === undefined ? '' : ` (did you mean "${near}"?)`}; the fields are ${[...known].slice(0, 20).join(', ')}.`,
        );
      }
    },
  };
}
