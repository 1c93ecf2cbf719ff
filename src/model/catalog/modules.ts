import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf } from '../../errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One step of a model, as modules.json of sentence-transformers lists them. */
export interface Module {
  /** The class without what stands before it: Transformer, Pooling, Dense. */
  readonly kind: string;
  /** Its folder within the model's; '' is that itself. */
  readonly path: string;
  /** Its config.json; empty where there is none. */
  readonly config: Json;
}

/** The steps of a model in their order; undefined where no modules.json says so. Throws E_INPUT_FORMAT for one that is none. */
export async function readModules(folder: string): Promise<readonly Module[] | undefined> {
  const listed = await readJson(join(folder, 'modules.json'));
  if (listed === undefined) return undefined;
  return Promise.all(
    stepsOf(listed, join(folder, 'modules.json')).map(async ({ kind, path }) => ({
      kind,
      path,
      config: path === '' ? {} : objectOf(await readJson(join(folder, path, 'config.json'))),
    })),
  );
}

/** Files beside modules.json that say what its steps do, and the weights of those that have some; the latter may lie in the graph instead. */
export async function moduleFiles(folder: string): Promise<readonly string[]> {
  const path = join(folder, 'modules.json');
  const listed = await readJson(path);
  if (listed === undefined) return [];
  return stepsOf(listed, path)
    .concat((await readRoutes(folder))?.flatMap(({ steps }) => steps) ?? [])
    .filter((step) => step.path !== '' && !['Transformer', 'MLMTransformer', 'Normalize'].includes(step.kind))
    .flatMap(({ kind, path: own }) => [`${own}/config.json`, ...(['Pooling', 'SpladePooling'].includes(kind) ? [] : [weightsOf(own)])]);
}

/** The routes that a Router takes texts, each of steps of its own. */
export interface Route<Of = Module> {
  /** Which texts take it: query, document, or another name. */
  readonly task: string;
  readonly steps: readonly Of[];
}

/** What router_config.json of sentence-transformers says (sentence_transformers/base/modules/router.py); undefined where there is none. */
export async function readRouter(folder: string): Promise<readonly Route[] | undefined> {
  const routes = await readRoutes(folder);
  return (
    routes &&
    Promise.all(
      routes.map(async ({ task, steps }) => ({
        task,
        steps: await Promise.all(
          steps.map(async ({ kind, path }) => ({
            kind,
            path,
            config: path === '' ? {} : objectOf(await readJson(join(folder, path, 'config.json'))),
          })),
        ),
      })),
    )
  );
}

/** Files in which a Router's steps keep weights by token, beside the model's own. */
export const routedTables = async (folder: string): Promise<readonly string[]> =>
  ((await readRouter(folder)) ?? []).flatMap(({ steps }) =>
    steps.flatMap(({ config: { path } }) => (typeof path === 'string' && isFileWithin(path) ? [path] : [])),
  );

/** A relative path of a file with weights that leads nowhere else. */
export const isFileWithin = (path: string): boolean => /^(\w[\w.-]*\/)*\w[\w.-]*\.(json|safetensors)$/.test(path);

async function readRoutes(folder: string): Promise<readonly Route<Omit<Module, 'config'>>[] | undefined> {
  const file = join(folder, ROUTER);
  const stated = await readJson(file);
  if (stated === undefined) return undefined;
  const { types, structure } = objectOf(stated);
  return Object.entries(objectOf(structure)).map(([task, names]) => ({
    task,
    steps: stepsOf(
      [names].flat().map((path) => ({ path, type: objectOf(types)[String(path)] })),
      file,
    ),
  }));
}

/** Where a Router says which steps which texts take. */
export const ROUTER = 'router_config.json';

/** Where the weights of a step lie. */
export const weightsOf = (path: string): string => `${path}/model.safetensors`;

export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A whole number above 0. */
export const count = (value: unknown): number | undefined =>
  Number.isInteger(value) && (value as number) > 0 ? (value as number) : undefined;

/** Undefined where there is no such file. Throws E_INPUT_FORMAT for one that is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    throw new FinetoothError('E_INPUT_FORMAT', `${path} is not JSON: ${messageOf(cause)}. Correct it or delete it.`, { cause });
  }
}

function stepsOf(listed: unknown, file: string): readonly { readonly kind: string; readonly path: string }[] {
  if (!Array.isArray(listed)) throw new FinetoothError('E_INPUT_FORMAT', `${file} must be a list of steps. Correct it or delete it.`);
  return listed.map((one) => {
    const { type, path: stated = '' } = objectOf(one);
    const path = stated === '.' ? '' : stated;
    // It names folders, and may not lead out of the model's own.
    if (typeof type !== 'string' || typeof path !== 'string' || !/^(\w[\w.-]*)?$/.test(path))
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${file} has a step without a type, or whose path is no name of a folder: ${JSON.stringify(one)}.`,
      );
    return { kind: type.split('.').at(-1) as string, path };
  });
}
