import { basename, resolve } from 'node:path';
import type { IndexFolders } from '../../config/index-folders.ts';
import { openIndex } from '../../config/open-index.ts';
import type { ModelOptions } from '../../config/parts.ts';
import type { CreateOptions } from '../../search/add.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import { RequestError } from '../problem.ts';

/** The indexes that a server answers from, each opened by the first request for it. */
export interface IndexShelf {
  names(): Promise<readonly string[]>;
  /** Throws a RequestError when there is none of that name. */
  get(name: string): Promise<SearchIndex>;
  create(name: string, options: CreateOptions): Promise<void>;
  /** Closes and deletes. Only what was made through the server can be deleted through it. */
  remove(name: string): Promise<void>;
  /** Writes of one index go one after the other. */
  writing<Result>(name: string, work: (index: SearchIndex) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface ShelfOptions {
  /** Folders of indexes that are served as they are, under the name of the folder. */
  readonly given: readonly string[];
  /** Where indexes are made; undefined: none are. */
  readonly folders: IndexFolders | undefined;
  readonly models: ModelOptions;
}

const nameOf = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-');

export const createIndexShelf = ({ given, folders, models }: ShelfOptions): IndexShelf => {
  const places = new Map<string, string>();
  for (const folder of given) {
    const name = nameOf(folder);
    if (places.has(name)) throw new RequestError('invalid', `two of the folders would both be the index "${name}"; rename one`);
    places.set(name, folder);
  }
  const open = new Map<string, Promise<SearchIndex>>();
  const lines = new Map<string, Promise<unknown>>();
  const missing = (name: string): RequestError => new RequestError('path', `there is no index "${name}"; GET /v1/indexes lists them`);

  const openOne = async (name: string): Promise<SearchIndex> => {
    const place = places.get(name);
    if (place !== undefined) return openIndex(place, { models });
    if (folders === undefined || !(await folders.list()).includes(name)) throw missing(name);
    return openIndex(folders.pathOf(name), { create: (await folders.plan(name)) ?? true, models });
  };
  const get = (name: string): Promise<SearchIndex> => {
    const known = open.get(name) ?? openOne(name);
    open.set(name, known);
    known.catch(() => open.delete(name));
    return known;
  };
  const maker = (): IndexFolders => {
    if (folders === undefined) throw new RequestError('forbidden', 'this server makes no indexes: it was started without --indexes FOLDER');
    return folders;
  };
  const inLine = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const before = lines.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    lines.set(name, mine);
    try {
      return await mine;
    } finally {
      if (lines.get(name) === mine) lines.delete(name);
    }
  };
  return {
    names: async () => [...new Set([...places.keys(), ...((await folders?.list()) ?? [])])].sort(),
    get,
    create: async (name, options) => {
      if (places.has(name) || !(await maker().create(name, options)))
        throw new RequestError('invalid', `there is an index "${name}" already; delete it first, or choose another name`, {
          param: 'name',
        });
    },
    remove: (name) =>
      inLine(name, async () => {
        if (places.has(name))
          throw new RequestError('forbidden', `"${name}" was not made by this server, which therefore does not delete it`);
        const known = open.get(name);
        open.delete(name);
        await (await known?.catch(() => undefined))?.close();
        if (!(await maker().remove(name))) throw missing(name);
      }),
    writing: (name, work) => inLine(name, async () => work(await get(name))),
    close: async () => {
      await Promise.all([...lines.values()].map((one) => one.catch(() => undefined)));
      await Promise.all([...open.values()].map(async (one) => (await one.catch(() => undefined))?.close()));
    },
  };
};
