import { setTimeout as pause } from 'node:timers/promises';
import { FinetoothError } from '../../errors.ts';
import type { SearchIndex } from '../../index.ts';
import { typesIn } from '../../stores.ts';
import { RequestError } from '../problem.ts';
import type { Status } from './forms.ts';
import type { IndexRegistry } from './registry.ts';

/** A list waits no longer for an index to be opened: an open one says how full it is within milliseconds. */
const LONGEST_OPENING_MS = 2000;

/** How full indexes are, in that order; of one that cannot be opened, why. */
export const statusesOf = (names: readonly string[], indexes: IndexRegistry): Promise<readonly Status[]> =>
  Promise.all(names.map((name) => listedStatus(name, indexes).catch((error) => brokenStatus(name, error))));

export function statusOf(name: string, indexes: IndexRegistry, isWanted = true): Promise<Status> {
  const read = async (index: SearchIndex): Promise<Status> => {
    const { documents, passages, bytes, changedAt, unreadable } = await index.status();
    const manifest = index.manifest();
    const { embedder = null, fields } = manifest ?? {};
    return {
      name,
      documents,
      passages,
      bytes,
      embedder,
      sparse: manifest?.sparse?.embedder,
      dimensions: manifest?.dimensions,
      query_prompt: manifest?.form?.queryPrompt,
      document_prompt: manifest?.form?.documentPrompt,
      fields: fields === undefined ? null : [...fields],
      types: manifest && typesIn(manifest),
      unreadable,
      words: manifest?.analyzer,
      languages: manifest && [...(manifest.languages ?? ['en'])],
      language_field: manifest?.languageField,
      title_field: manifest?.titleField ?? undefined,
      changed_at: changedAt ?? null,
    };
  };
  return indexes.reading(name, read, { isWanted });
}

/** One that is not there yet is not made because someone lists it, and one whose model is still being fetched must not hide the others. */
async function listedStatus(name: string, indexes: IndexRegistry): Promise<Status> {
  const building = await indexes.unfinished(name);
  if (building !== undefined) return { ...emptyStatus(name), documents: building.done, building };
  const late = new AbortController();
  const opening = pause(LONGEST_OPENING_MS, undefined, { ref: false, signal: late.signal }).then(
    (): Status => ({ ...emptyStatus(name), opening: true }),
    () => emptyStatus(name),
  );
  try {
    return await Promise.race([statusOf(name, indexes, false), opening]);
  } finally {
    late.abort();
  }
}

/** One that is damaged must not hide the others. */
function brokenStatus(name: string, error: unknown): Status {
  if (!(error instanceof FinetoothError || error instanceof RequestError)) throw error;
  const why = error instanceof FinetoothError && error.code !== 'E_STOPPED' ? `${error.code}: this index cannot be opened` : error.message;
  return { ...emptyStatus(name), error: why };
}

const emptyStatus = (name: string): Status => ({ name, documents: 0, bytes: 0, embedder: null, fields: null, changed_at: null });
