import { FinetoothError } from '../errors.ts';
import { nearestName } from '../wording/nearest-name.ts';
import type { SearchIndex } from './search-index.ts';

/** Documents whose fields are named where a field is not known. */
const SAMPLE = 100;

/** Throws E_FIELD where no document of the index has the field, with the nearest name; a field that the index was made with is known. */
export async function checkKnown({ store, manifest }: SearchIndex, field: string, purpose: string): Promise<void> {
  const made = manifest();
  if (made === undefined) return;
  const names = new Set([...made.fields, ...Object.keys(made.filterable ?? {}), ...(made.idField === undefined ? [] : [made.idField])]);
  if (names.has(field)) return;
  if ((await store.count({ fields: Object.fromEntries([[field, { exists: true }]]) })) > 0) return;
  let seen = 0;
  for await (const { document } of store.get('all', ['document'])) {
    for (const name of Object.keys(document)) names.add(name);
    if (++seen === SAMPLE) break;
  }
  if (seen === 0) return;
  const near = nearestName(field, [...names]);
  throw new FinetoothError(
    'E_FIELD',
    `no document has the field "${field}" to ${purpose}${near === undefined ? '' : `, did you mean "${near}"`}; the fields are ${[...names].slice(0, 20).join(', ')}.`,
  );
}
