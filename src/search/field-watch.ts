import { FinetoothError } from '../errors.ts';
import type { Document } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { counted } from '../wording/numbers.ts';

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
    /** The same as sentences, where a field may come later. `why` ends each. */
    notes: (why: string): readonly string[] => [...missing].map((name) => `${lack(name)}, ${why}`),
  };
}

/** "1,234 documents have a field `text` that is not read: …" */
export const unreadNotes = (unread: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(unread).map(
    ([name, count]) =>
      `${counted(count, 'document')} ${count === 1 ? 'has' : 'have'} a field \`${name}\` that is not read: name it among the fields, and rebuild an index that is there`,
  );
