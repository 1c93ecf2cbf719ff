import { FinetoothError } from '../../errors.ts';
import { typesIn } from '../../stores.ts';
import { RequestError } from '../problem.ts';
import type { Status } from './forms.ts';
import type { IndexRegistry } from './registry.ts';

/** How full indexes are, in that order; of one that cannot be opened, why. */
export const statusesOf = (names: readonly string[], indexes: IndexRegistry): Promise<readonly Status[]> =>
  Promise.all(names.map((name) => listedStatus(name, indexes).catch((error) => brokenStatus(name, error))));

export function statusOf(name: string, indexes: IndexRegistry): Promise<Status> {
  return indexes.reading(name, async (index) => {
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
  });
}

/** One that is not there yet is not made because someone lists it. */
async function listedStatus(name: string, indexes: IndexRegistry): Promise<Status> {
  const building = await indexes.unfinished(name);
  return building === undefined ? statusOf(name, indexes) : { ...emptyStatus(name), documents: building.done, building };
}

/** One that is damaged must not hide the others. */
function brokenStatus(name: string, error: unknown): Status {
  if (!(error instanceof FinetoothError || error instanceof RequestError)) throw error;
  const why = error instanceof FinetoothError ? `${error.code}: this index cannot be opened` : error.message;
  return { ...emptyStatus(name), error: why };
}

const emptyStatus = (name: string): Status => ({ name, documents: 0, bytes: 0, embedder: null, fields: null, changed_at: null });
