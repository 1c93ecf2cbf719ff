import type { SparseEmbedder } from '../embed/sparse.ts';
import { FinetoothError } from '../errors.ts';
import { precisionIn } from '../model/catalog/fingerprint.ts';
import { type CreateOptions, withoutSparse } from '../search/create-options.ts';
import type { IndexParts } from '../search/search-index.ts';
import { shortName } from '../store/index-changes.ts';
import type { Manifest, SparseModel } from '../store/store.ts';
import type { OpenIndexOptions } from './check-open-index.ts';
import { openSparseEmbedder } from './sparse.ts';

/**
 * What weighs the tokens of an index. One that is asked for is held against the manifest at once; that of the index itself is opened when a search or a document needs it,
 * so that an index is opened without it. Throws E_FINGERPRINT for another one than the index was made with, E_RECIPE where it keeps no weights.
 */
export async function sparsePartsFor(
  { sparse: given, models }: Pick<OpenIndexOptions, 'sparse' | 'models'>,
  manifest: Manifest | undefined,
  create: CreateOptions,
  where: string,
): Promise<IndexParts['sparse']> {
  const wanted = given ?? (create.sparseModel === withoutSparse ? undefined : create.sparseModel);
  checkRecipe(manifest, wanted !== undefined, create, where);
  const opened = new Map<string, Promise<SparseEmbedder>>();
  const openNamed = (name: string, of: SparseModel | undefined): Promise<SparseEmbedder> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const accept = (fingerprint: string): void => sameSparse(of, fingerprint, where);
    // An index keeps the form of weights that it was made with; what is asked for by an option is of the models that are named.
    const form = wanted === undefined && of !== undefined ? precisionIn(of.embedder) : undefined;
    const own = form === undefined ? models : { ...models, precision: form };
    const opening = openSparseEmbedder(name, own, accept);
    opened.set(name, opening);
    // What could not be opened is tried again by the next call.
    opening.catch(() => opened.delete(name));
    return opening;
  };
  const own = wanted === undefined || typeof wanted === 'string' ? undefined : wanted;
  if (own !== undefined) sameSparse(manifest?.sparse, own.fingerprint, where);
  const named = typeof wanted === 'string' ? await openNamed(wanted, manifest?.sparse) : undefined;
  const asked = own ?? named;
  return {
    model: asked && { embedder: asked.fingerprint, model: asked.model },
    open: async (model) => {
      const embedder = asked ?? (await openNamed(nameOf(model, where), model));
      sameSparse(model, embedder.fingerprint, where);
      return embedder;
    },
    close: async () => {
      for (const opening of opened.values()) await (await opening.catch(() => undefined))?.close?.();
      await own?.close?.();
    },
  };
}

function checkRecipe(manifest: Manifest | undefined, isWanted: boolean, { sparseModel }: CreateOptions, where: string): void {
  if (manifest === undefined) return;
  const keeps = manifest.sparse !== undefined;
  if (isWanted ? keeps : !(keeps && sparseModel === withoutSparse)) return;
  const what = keeps ? `keeps the weights of "${shortName(manifest.sparse?.embedder ?? '')}"` : 'keeps no weights of a sparse model';
  throw new FinetoothError(
    'E_RECIPE',
    (say) => `${where} ${what}. Leave ${say.option('sparseModel')} out, or rebuild it with ${say.rebuildIndex(where)}.`,
  );
}

/** Throws E_FINGERPRINT when an index holds the weights of another sparse model. */
function sameSparse(made: SparseModel | undefined, fingerprint: string, where: string): void {
  if (made === undefined || made.embedder === fingerprint) return;
  const [built, given] = [shortName(made.embedder), shortName(fingerprint)];
  const what = built === given ? 'other weights or settings of the same name' : `"${given}"`;
  throw new FinetoothError(
    'E_FINGERPRINT',
    (say) =>
      `${where} holds weights of "${built}"; the sparse model is ${what}. Rebuild it with ${say.rebuildIndex(where)} and ${say.option('sparseModel')}, or leave that out.`,
  );
}

function nameOf({ embedder, model }: SparseModel, where: string): string {
  if (model !== undefined) return model;
  throw new FinetoothError(
    'E_FINGERPRINT',
    `${where} was built with a sparse embedder of your own ("${embedder}"): pass the same one as sparse to open it.`,
  );
}
