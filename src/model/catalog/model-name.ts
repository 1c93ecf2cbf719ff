import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { absolutePath, type Environment } from '../../fetch/cache-folder.ts';
import { findEntry, nearestModel } from './catalog.ts';
import { findKnown } from './known-repositories.ts';
import type { ModelEntry } from './model-entry.ts';
import { type PrecisionName, precisionOfName, splitPrecision } from './precision.ts';

/** What a name of a model stands for. */
export type ModelTarget =
  | { readonly kind: 'catalog'; readonly entry: ModelEntry; readonly wished?: PrecisionName | undefined }
  | { readonly kind: 'folder'; readonly folder: string; readonly wished?: PrecisionName | undefined }
  | {
      readonly kind: 'hub';
      /** As typed. */
      readonly name: string;
      readonly repository: string;
      readonly revision: string;
      /** Path of the ONNX file, where one was named. */
      readonly file?: string | undefined;
      /** The file is the one that the repository is known by; no one named it. */
      readonly isUsual?: boolean | undefined;
      readonly wished?: PrecisionName | undefined;
    };

/** `owner/name`, then optionally `@revision`, then optionally `:path/to/file.onnx`. No part may climb out with `..`. */
const repositoryPattern = /^(?<repository>\w[\w.-]*\/\w[\w.-]*)(?:@(?<revision>\w[\w./-]*))?(?::(?<file>\w[\w./-]*\.onnx))?$/;

/**
 * Any name may end with the form of its weights (`:q4`). In this order: a name (or repository) of the catalog; a folder in `models`, the user's own folder of models; a path, or a folder
 * that exists; a repository of the hub.
 * Throws E_MODEL_UNKNOWN with the nearest name.
 */
export async function parseModelName(name: string, env: Environment, models?: string): Promise<ModelTarget> {
  const [base, wished] = splitPrecision(name);
  if (wished === undefined || (await isFolder(absolutePath(name, env)))) return parseBaseName(name, env, models);
  const target = await parseBaseName(base, env, models);
  if (target.kind === 'hub' && base.endsWith('.onnx'))
    throw new FinetoothError('E_USAGE', `"${name}" names both a file and a form of weights. Leave one of them out.`);
  return wishing(target, wished);
}

/**
 * The model with weights of another form than its usual one: of a repository that is known by name another file, of a model of the catalog with its full precision beside it that
 * one. A file that was named stays, and so does a form.
 */
export function wishing(target: ModelTarget, wished: PrecisionName | undefined): ModelTarget {
  if (wished === undefined || target.wished !== undefined) return target;
  if (target.kind === 'folder') return { ...target, wished };
  if (target.kind === 'catalog') {
    const { entry } = target;
    const isOwn = (one: ModelEntry | undefined): boolean => one?.precision === precisionOfName(wished) && wished !== 'uint8';
    if (isOwn(entry)) return target;
    const full = wished === 'fp32' ? findEntry(`${entry.name}-fp32`) : undefined;
    return full !== undefined && isOwn(full) ? { kind: 'catalog', entry: full } : { ...target, wished };
  }
  if (target.file === undefined) return { ...target, name: `${target.name}:${wished}`, wished };
  if (!target.isUsual || findKnown(target.repository)?.precision === precisionOfName(wished)) return target;
  return { ...target, name: `${target.repository}:${wished}`, file: undefined, wished };
}

async function parseBaseName(name: string, env: Environment, models: string | undefined): Promise<ModelTarget> {
  const entry = findEntry(name);
  if (entry !== undefined) return { kind: 'catalog', entry };
  if (models !== undefined && /^[^/\\.~][^/\\]*$/.test(name) && (await isFolder(join(models, name))))
    return { kind: 'folder', folder: join(models, name) };
  if (name !== '' && (looksLikePath(name) || (await isFolder(absolutePath(name, env)))))
    return { kind: 'folder', folder: absolutePath(name, env) };
  const known = findKnown(name);
  if (known !== undefined) {
    const { repository, file } = known;
    return {
      kind: 'hub',
      name: file === undefined ? repository : `${repository}:${file}`,
      repository,
      revision: 'main',
      file,
      isUsual: true,
    };
  }
  const groups = name.includes('..') ? undefined : repositoryPattern.exec(name)?.groups;
  if (groups?.repository !== undefined) {
    return { kind: 'hub', name, repository: groups.repository, revision: groups.revision ?? 'main', file: groups.file };
  }
  const near = nearestModel(name);
  const advice = near === undefined ? 'See the names with "finetooth models list".' : `Did you mean "${near}"?`;
  throw new FinetoothError(
    'E_MODEL_UNKNOWN',
    `there is no model "${name}". ${advice} A model may also be a repository ("owner/name", "owner/name@revision", "owner/name:onnx/file.onnx", "owner/name:q4") or a folder ("./folder").`,
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const looksLikePath = (name: string): boolean => /^(\.{1,2}$|\.{1,2}[/\\]|[/\\~]|[A-Za-z]:[/\\])/.test(name);
