import { rerankerNames } from '../../assemble/reranker.ts';
import { messageOf } from '../../errors.ts';
import { looksHosted, vendorNamed } from '../../hosted/vendors/index.ts';
import { catalog, findEntry } from '../../model/catalog/catalog.ts';
import { placesOf } from '../../model/files.ts';
import { shown } from '../../wording/check-options.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import { noSuchModel } from './failures.ts';

type Kind = 'bi-encoder' | 'cross-encoder';

/**
 * Throws NoSuchModelError for an id that stands for nothing, as far as that can be told without looking for its files. A model of the hub, in a folder or
 * behind an API says so when it is first asked.
 */
export function checkModelId(id: unknown, kind: Kind, own: readonly string[], modelsFolder: string | undefined): void {
  const type = kind === 'bi-encoder' ? 'embeddingModel' : 'rerankingModel';
  const names = kind === 'bi-encoder' ? own : [...own, ...rerankerNames];
  if (typeof id !== 'string' || id === '')
    throw noSuchModel(typeof id === 'string' ? id : shown(id), type, `the id of a model is a text such as "default"; got ${shown(id)}.`);
  if (names.includes(id)) return;
  if (looksHosted(id)) {
    checkVendor(id, type);
    return;
  }
  const entry = findEntry(id);
  if (entry !== undefined) {
    if (entry.kind === kind) return;
    const other = kind === 'bi-encoder' ? 'it reads query and document together: rerankingModel' : 'it makes vectors: embeddingModel';
    throw noSuchModel(id, type, `"${id}" is no ${type}, ${other}("${id}").`);
  }
  if (/^[.~]|[/\\]/.test(id) || placesOf({ folder: modelsFolder }).folder !== undefined) return;
  const near = nearestName(id, [...names, ...catalog.filter((one) => one.kind === kind).map(({ name }) => name)]);
  throw noSuchModel(
    id,
    type,
    `finetooth has no ${type} "${id}"${near === undefined ? '' : `, did you mean "${near}"`}. A model of the hub is "owner/name", one in a folder "./folder", a hosted one "vendor:model".`,
  );
}

function checkVendor(id: string, type: 'embeddingModel' | 'rerankingModel'): void {
  try {
    vendorNamed(id.slice(0, id.indexOf(':')));
  } catch (error) {
    throw noSuchModel(id, type, messageOf(error), error);
  }
}
