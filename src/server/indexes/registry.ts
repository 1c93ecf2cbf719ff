import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FileOrigins, fileOrigins } from '../../assemble/file-origins.ts';
import { givenIndexes } from '../../assemble/given-indexes.ts';
import type { IndexFolders, PlannedIndex } from '../../assemble/index-folders.ts';
import type { SampleIndex, SampleState } from '../../assemble/sample-index.ts';
import { FinetoothError } from '../../errors.ts';
import type { ModelOptions, OpenIndexOptions, RerankerSettings, SearchIndex } from '../../index.ts';
import { judgmentsBeside } from '../../tasks/judgments-beside.ts';
import { RequestError } from '../problem.ts';

/**
 * The indexes that a server answers from, each opened by the first request for it, and again when another process has rebuilt it or made another
 * in its place. One that is in use is closed when its last user is done.
 */
export interface IndexRegistry {
  names(): Promise<readonly string[]>;
  /** Opens those that are served as they are, but for some, so that one that cannot be opened is told at once. */
  openGiven(except?: readonly string[]): Promise<void>;
  /**
   * Throws a RequestError when there is none of that name, or when it was replaced by one that cannot answer meanwhile. `gone` is aborted when it
   * is deleted, which waits for the work. `isWanted`: whether someone asked for this index itself, so that what was cancelled while it was opened is
   * begun again. @default true
   */
  reading<Result>(
    name: string,
    work: (index: SearchIndex, gone: AbortSignal) => Promise<Result>,
    options?: { readonly isWanted?: boolean },
  ): Promise<Result>;
  /** Handlers of a reader that writes: one after the other with all who do, and no longer once the index is deleted. */
  inTurn<Result>(name: string, gone: AbortSignal, work: () => Promise<Result>): Promise<Result>;
  /** Where judgments of its documents are kept. Throws a RequestError when there is none of that name, and where no place is known for them. */
  judgmentsOf(name: string): Promise<string>;
  /** How far the sample is that is being made, or may be; undefined for every other index, and once it is there. */
  unfinished(name: string): Promise<Pick<SampleState, 'done' | 'total'> | undefined>;
  /** Has the sample made, if there is one and it is not there. */
  beginSample(): void;
  /** Whether every index that is served as it is can be asked for now. */
  areReachable(): Promise<boolean>;
  create(name: string, options: PlannedIndex): Promise<void>;
  /** Which documents came of which file; undefined where the index is in no folder, or holds nothing yet. */
  origins(name: string, index: SearchIndex): FileOrigins | undefined;
  /** Closes and deletes. Only what was made through the server can be deleted through it. */
  remove(name: string): Promise<void>;
  /** Writes of one index go one after the other. */
  writing<Result>(name: string, work: (index: SearchIndex) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface RegistryOptions {
  /** Indexes that are served as they are: folders, under their names, and addresses in a database, under the name of the index there. */
  readonly given: readonly string[];
  /** Where indexes are made; undefined: none are. */
  readonly folders: IndexFolders | undefined;
  readonly models: ModelOptions;
  readonly longDocuments?: RerankerSettings['longDocuments'];
  readonly durability?: OpenIndexOptions['durability'];
  /** A folder of judgments, one folder in it an index. @default beside each index */
  readonly judgments?: string | undefined;
  /** The bundled films, which are made when someone asks for them. @default they are not offered */
  readonly sample?: SampleIndex | undefined;
}

/** A database that does not say by then how its index is cannot be asked. */
const LONGEST_LOOK_MS = 2000;

interface Opened {
  /** Of the files that it was opened from. */
  readonly stamp: string;
  readonly index: Promise<SearchIndex>;
  users: number;
  /** Called when the last user is done; only once no one new can come. */
  idle?: () => void;
}

export function createIndexRegistry({
  given: places,
  folders: made,
  models,
  longDocuments,
  durability,
  judgments,
  sample,
}: RegistryOptions): IndexRegistry {
  const given = givenIndexes(places);
  const isGiven = (name: string): boolean => given.names.includes(name);
  const isSample = (name: string): boolean => sample !== undefined && name === sample.name && !isGiven(name);
  const holder = (name: string) => (isGiven(name) ? given : isSample(name) ? sample : made);
  const open = new Map<string, Opened>();
  const leaving = new Set<string>();
  /** Aborted when the index of that name is deleted. */
  const departures = new Map<string, AbortController>();
  const lines = new Map<string, Promise<unknown>>();
  /** Why opening was stopped, by whom it may be begun again. */
  const cancelled = new Map<string, FinetoothError>();
  const missing = (name: string): RequestError =>
    new RequestError('path', `there is no index "${name}"; GET /v1/indexes lists them`, { code: 'E_INDEX_MISSING' });

  /** Whoever asks for the sample has it made. */
  const unmade = async (name: string): Promise<unknown> => {
    const state = isSample(name) ? await sample?.state() : undefined;
    if (sample === undefined || state === undefined) return missing(name);
    const failure = sample.failure();
    if (failure !== undefined) return failure;
    sample.begin();
    return new RequestError(
      'unready',
      `the index "${name}" is being made of the bundled films, ${state.done} of ${state.total} so far; ask again`,
      { code: 'E_INDEX_BUILDING', retryAfter: 2 },
    );
  };
  const stampNow = async (name: string): Promise<string | undefined> => holder(name)?.stamp(name);
  const openOne = async (name: string): Promise<SearchIndex> => {
    const known = holder(name);
    if (known === undefined) throw missing(name);
    return known.open(name, { models, longDocuments, durability });
  };
  /** Closes what no one new can get, when its last user is done. */
  const retire = async (one: Opened | undefined): Promise<void> => {
    if (one === undefined) return;
    if (one.users > 0) await new Promise<void>((resolve) => (one.idle = resolve));
    await (await one.index.catch(() => undefined))?.close();
  };
  const take = (name: string, stamp: string): Opened => {
    const known = open.get(name);
    if (known?.stamp === stamp) return known;
    const one: Opened = { stamp, index: openOne(name), users: 0 };
    open.set(name, one);
    const forget = (error?: unknown): void => {
      if (error instanceof FinetoothError && error.code === 'E_STOPPED') cancelled.set(name, error);
      if (open.get(name) === one) open.delete(name);
    };
    // The old one is closed when the new one is open, so that a model that both have stays loaded.
    void one.index.catch(forget).then(() => retire(known));
    return one;
  };
  /** What another process did to the index in the middle of a request is no failure of the server. */
  const told = (error: unknown, name: string, isOpen: boolean): unknown => {
    if (!(error instanceof FinetoothError)) return error;
    if (error.code === 'E_INDEX_MISSING') return missing(name);
    const { code } = error;
    if (code === 'E_FINGERPRINT' || code === 'E_RECIPE' || (code === 'E_MODEL_UNKNOWN' && !isOpen))
      return new RequestError(
        'conflict',
        isOpen
          ? `the index "${name}" was made again with another model or other fields in the middle of this request; send it again`
          : `the index "${name}" cannot be used here (${code}): it was built with a model that this server cannot open by its name, or that has changed`,
        { code: code === 'E_RECIPE' ? code : 'E_FINGERPRINT' },
      );
    return error;
  };
  const reading: IndexRegistry['reading'] = async (name, work, { isWanted = true } = {}) => {
    const stopped = cancelled.get(name);
    if (stopped !== undefined && !isWanted) throw stopped;
    cancelled.delete(name);
    const stamp = await stampNow(name);
    if (stamp === undefined && isSample(name)) throw await unmade(name);
    if (stamp === undefined || leaving.has(name)) throw missing(name);
    const one = take(name, stamp);
    const departure = departures.get(name) ?? new AbortController();
    departures.set(name, departure);
    one.users++;
    let isOpen = false;
    try {
      const index = await one.index;
      isOpen = true;
      return await work(index, departure.signal);
    } catch (error) {
      throw told(error, name, isOpen);
    } finally {
      if (--one.users === 0) one.idle?.();
    }
  };
  const maker = (): IndexFolders => {
    if (made === undefined) throw new RequestError('forbidden', 'this server makes no indexes: who runs it named no folder for them');
    return made;
  };
  const inLine = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    if (isSample(name))
      throw new RequestError('forbidden', `the bundled films stay as they are; make an index of your own by POST /v1/indexes`);
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
    names: async () =>
      [...new Set([...given.names, ...(sample === undefined ? [] : [sample.name]), ...((await made?.list()) ?? [])])].sort(),
    openGiven: async (except = []) => {
      for (const name of given.names) if (!except.includes(name)) await take(name, (await stampNow(name)) ?? '').index;
    },
    reading,
    unfinished: async (name) => {
      const state = isSample(name) ? await sample?.state() : undefined;
      return state === undefined || state.state === 'ready' ? undefined : { done: state.done, total: state.total };
    },
    beginSample: () => sample?.begin(),
    judgmentsOf: async (name) => {
      if ((await stampNow(name)) === undefined || leaving.has(name)) throw missing(name);
      const folder = holder(name)?.folderOf(name);
      if (judgments !== undefined) return join(judgments, name);
      if (folder !== undefined) return judgmentsBeside(folder);
      throw new RequestError('forbidden', `"${name}" is in a database, and who runs this server named no folder for its judgments`);
    },
    areReachable: () =>
      Promise.race([
        Promise.all(given.names.map(stampNow)).then(
          () => true,
          () => false,
        ),
        pause(LONGEST_LOOK_MS, false, { ref: false }),
      ]),
    origins: (name, index) => {
      const [folder, id] = [holder(name)?.folderOf(name), index.manifest()?.id];
      return folder === undefined || id === undefined ? undefined : fileOrigins(folder, id);
    },
    create: (name, options) =>
      inLine(name, async () => {
        if (isGiven(name) || !(await maker().create(name, options)))
          throw new RequestError('invalid', `there is an index "${name}" already; delete it first, or choose another name`, {
            param: 'name',
          });
      }),
    remove: (name) =>
      inLine(name, async () => {
        if (isGiven(name)) throw new RequestError('forbidden', `"${name}" was not made by this server, which therefore does not delete it`);
        // Who searches in it has the answer before it goes; who comes now finds none.
        leaving.add(name);
        departures.get(name)?.abort(missing(name));
        departures.delete(name);
        try {
          const known = open.get(name);
          open.delete(name);
          await retire(known);
          if (!(await maker().remove(name))) throw missing(name);
        } finally {
          leaving.delete(name);
        }
      }),
    inTurn: (name, gone, work) => {
      let began = false;
      const turn = inLine(name, () => {
        gone.throwIfAborted();
        began = true;
        return work();
      });
      // Who waits behind its deletion would wait for itself.
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          if (!began) reject(gone.reason);
        };
        gone.addEventListener('abort', leave, { once: true });
        turn.then(resolve, reject).finally(() => gone.removeEventListener('abort', leave));
      });
    },
    writing: (name, work) => inLine(name, () => reading(name, work)),
    close: async () => {
      await sample?.close();
      await Promise.all([...lines.values()].map((one) => one.catch(() => undefined)));
      // A server that ends has waited for its requests; who is still at it has lost its client.
      await Promise.all([...open.values()].map(async ({ index }) => (await index.catch(() => undefined))?.close()));
      await given.close?.();
    },
  };
}
