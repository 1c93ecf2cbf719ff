import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { absolutePath, type Environment } from '../../fetch/cache-folder.ts';
import { findEntry, nearestModel } from './catalog.ts';
import { findKnown } from './known-repositories.ts';
import type { ModelEntry } from './model-entry.ts';

/** What a name of a model stands for. */
export type ModelTarget =
  | { readonly kind: 'catalog'; readonly entry: ModelEntry }
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'hub';
      /** As typed. */
      readonly name: string;
      readonly repository: string;
      readonly revision: string;
      /** Path of the ONNX file, where one was named. */
      readonly file?: string | undefined;
    };

/** `owner/name`, then optionally `@revision`, then optionally `:path/to/file.onnx`. No part may climb out with `..`. */
const repositoryPattern = /^(?<repository>\w[\w.-]*\/\w[\w.-]*)(?:@(?<revision>\w[\w./-]*))?(?::(?<file>\w[\w./-]*\.onnx))?$/;

/**
 * In this order: a name (or repository) of the catalog; a folder in `models`, the user's own folder of models; a path, or a folder
 * that exists; a repository of the hub.
 * Throws E_MODEL_UNKNOWN with the nearest name.
 */
export async function parseModelName(name: string, env: Environment, models?: string): Promise<ModelTarget> {
  const entry = findEntry(name);
  if (entry !== undefined) return { kind: 'catalog', entry };
  if (models !== undefined && /^[^/\\.~][^/\\]*$/.test(name) && (await isFolder(join(models, name))))
    return { kind: 'folder', folder: join(models, name) };
  if (name !== '' && (looksLikePath(name) || (await isFolder(absolutePath(name, env)))))
    return { kind: 'folder', folder: absolutePath(name, env) };
  const known = findKnown(name);
  if (known !== undefined) {
    const { repository, file } = known;
    return { kind: 'hub', name: file === undefined ? repository : `${repository}:${file}`, repository, revision: 'main', file };
  }
  const groups = name.includes('..') ? undefined : repositoryPattern.exec(name)?.groups;
  if (groups?.repository !== undefined) {
    return { kind: 'hub', name, repository: groups.repository, revision: groups.revision ?? 'main', file: groups.file };
  }
  const near = nearestModel(name);
  const advice = near === undefined ? 'See the names with "finetooth models list".' : `Did you mean "${near}"?`;
  throw new FinetoothError(
    'E_MODEL_UNKNOWN',
    `there is no model "${name}". ${advice} A model may also be a repository ("owner/name", "owner/name@revision", "owner/name:onnx/file.onnx") or a folder ("./folder").`,
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const looksLikePath = (name: string): boolean => /^(\.{1,2}$|\.{1,2}[/\\]|[/\\~]|[A-Za-z]:[/\\])/.test(name);
