import { FinetoothError } from '../errors.ts';
import { catalog } from '../model/catalog/catalog.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelEntry } from '../model/catalog/model-entry.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { web } from './web.ts';

/** A model of your own, or one of the catalog at an address that does not name it. */
export interface BrowserModel {
  /** The folder with its files. */
  readonly url: string | URL;
  /** A name of the catalog. @default the last part of the address */
  readonly name?: string;
  /** What the catalog would say of a model that it does not know. @default the catalog's */
  readonly entry?: ModelEntry;
}

export interface ModelSource<Entry extends ModelEntry = ModelEntry> {
  readonly entry: Entry;
  readonly model: string;
  readonly tokenizer: string;
}

type Kind = Exclude<ModelEntry['kind'], 'sparse-encoder'>;
type EntryOf<K extends Kind> = K extends 'bi-encoder' ? BiEncoderEntry : CrossEncoderEntry;

const kinds: Readonly<Record<ModelEntry['kind'], string>> = {
  'bi-encoder': 'embeds',
  'cross-encoder': 'reranks',
  'sparse-encoder': 'weighs tokens',
};

/**
 * Where the files of a model are, and what it is. The address of a folder ends with the model's name, as those of the packages that carry models do
 * (`…/@finetooth/model-bge-small-en-v1.5@0.1.0/`, `…/bge-small-en-v1.5/`).
 *
 * @throws E_USAGE for what is no address, or a model of the other kind, E_MODEL_UNKNOWN
 */
export function modelSource<K extends Kind>(given: string | URL | BrowserModel, kind: K): ModelSource<EntryOf<K>> {
  const { url, name, entry: own } = typeof given === 'string' || given instanceof URL ? { url: given } : ({ ...given } as BrowserModel);
  const folder = folderOf(url);
  const entry = own ?? named(name ?? nameIn(folder));
  if (entry.kind !== kind)
    throw new FinetoothError('E_USAGE', `the model ${entry.name} ${kinds[entry.kind]}; got it where one is wanted that ${kinds[kind]}.`);
  const isMore = entry.kind === 'bi-encoder' && (entry.dense !== undefined || entry.lateInteraction !== undefined);
  if (entry.files.others !== undefined || isMore)
    throw new FinetoothError(
      'E_USAGE',
      `the model ${entry.name} is more than a graph that pools, which is not read in a browser. Use another one.`,
    );
  const at = ({ path, as }: { readonly path: string; readonly as?: string }): string => new URL(as ?? path, folder).href;
  return { entry: entry as EntryOf<K>, model: at(entry.files.model), tokenizer: at(entry.files.tokenizer) };
}

function folderOf(url: string | URL): URL {
  try {
    const folder = new URL(url, web.location?.href);
    if (!folder.pathname.endsWith('/')) folder.pathname += '/';
    return folder;
  } catch (cause) {
    throw new FinetoothError('E_USAGE', `model must be the address of a folder with a model's files; got ${JSON.stringify(String(url))}.`, {
      cause,
    });
  }
}

/** `model-x@1.2.3` is the package that carries x. */
const nameIn = ({ pathname }: URL): string =>
  decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? '')
    .replace(/@[\d.]+[\w.-]*$/, '')
    .replace(/^model-/, '')
    .toLowerCase();

function named(name: string): ModelEntry {
  const found = catalog.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const near = nearestName(
    name,
    catalog.map((entry) => entry.name),
  );
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new FinetoothError(
    'E_MODEL_UNKNOWN',
    `there is no model "${name}" in the catalog.${meant} Pass { url, name } with a name of the catalog, or { url, entry } for one of your own.`,
  );
}
