import { entryFor } from '../../src/store/contract/entries.ts';
import type { Entry } from '../../src/store/store.ts';

/** A document in one of its versions, which all that it has tells; every fourth one has passages, another number of them in each version. */
export function versionOf(at: number, version: number): Entry {
  const id = `d${at}`;
  const terms = `word v${version}`;
  const entry = entryFor(id, at, terms, { hash: `h${at}v${version}`, document: { id, version } });
  if (at % 4 > 0) return entry;
  const place = (i: number) => ({ span: [i * 10, i * 10 + 9] as const });
  const further = Array.from({ length: 3 + (version % 3) }, (_, i) => ({
    vector: entryFor(id, at + i).vector,
    terms,
    place: place(i + 1),
  }));
  return { ...entry, place: place(0), further };
}

/** What is wrong with a document as it was read: it is not one version with all of its passages. */
export function faultsOf(entry: Pick<Entry, 'id' | 'hash' | 'document' | 'terms' | 'further'>): string | undefined {
  const version = Number(entry.document.version);
  const right = versionOf(Number(entry.id.slice(1)), version);
  const further = entry.further ?? [];
  if (entry.hash !== right.hash || entry.terms !== right.terms) return `${entry.id}: ${entry.hash}, ${entry.terms}`;
  if (further.length !== (right.further?.length ?? 0)) return `${entry.id}: ${further.length} further passages of version ${version}`;
  return further.every(({ terms }) => terms === right.terms) ? undefined : `${entry.id}: passages of other versions`;
}
