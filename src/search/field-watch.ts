import { FinetoothError } from '../errors.ts';
import type { Document } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** Which of the fields that the user named no document has had so far. */
export function fieldWatch(fields: readonly string[] | undefined) {
  const missing = new Set(fields ?? []);
  const known = new Set<string>();
  const lack = (name: string): string => {
    const near = nearestName(name, [...known]);
    return `no document has the field "${name}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
  };
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
      for (const name of missing)
        throw new FinetoothError('E_FIELD', `${lack(name)}; the fields are ${[...known].slice(0, 20).join(', ')}.`);
    },
    /** The same as sentences, where a field may come later. */
    notes: (): readonly string[] => [...missing].map(lack),
  };
}
