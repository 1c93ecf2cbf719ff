import type { Sentence } from '../errors.ts';
import type { CallOptions, Progress } from '../types.ts';
import type { Store } from './store.ts';

/**
 * A database that holds indexes, each under an address such as `qdrant://host:6333/films`: what the commands ask of it beside the seam of the store.
 * Every function throws E_USAGE for an address that it cannot read.
 */
export interface Engine {
  /** What stands before `://` in an address. */
  readonly schemes: readonly string[];
  /** How an address is written: one example. */
  readonly example: string;
  /** The index of an address; nothing is asked of the database before `open`. */
  store(address: string): Store;
  /** The address without what is secret in it: so it stands in answers and errors. */
  shown(address: string): string;
  /** The name of the index in it, as a server serves it. */
  indexName(address: string): string;
  /**
   * Room for a new index beside that of this address, which takes its place in one step. Who writes to the old one waits from now until then (E_LOCKED
   * after five minutes); searches go on. What is staged and never put in place, since the process was killed, is removed by the next `stage` or `compact`.
   */
  stage(address: string, options?: CallOptions): Promise<StagedIndex>;
  /** Gives back what replaced and deleted documents take, makes indexes whole, and removes what rebuilds have kept. Throws E_INDEX_MISSING. */
  compact(address: string, options?: EngineOptions): Promise<EngineCompacted>;
  /** Whether it can be reached, what version it is, and, where there is an index, in what state that is. Does not throw for what it finds. */
  check(address: string, options?: CallOptions): Promise<readonly EngineFinding[]>;
}

export interface StagedIndex {
  /** Where it is filled: an address of the same engine. */
  readonly address: string;
  /** Puts it in the place of the old one, which is kept until `compact`. Throws E_LOCKED when another process made the index again meanwhile. */
  swap(): Promise<void>;
  /** Removes it; after `swap` it does nothing but to let writers go on. */
  close(): Promise<void>;
}

export interface EngineOptions extends CallOptions {
  readonly onProgress?: (progress: Progress) => void;
}

export interface EngineCompacted {
  /** Bytes before and after, as the engine tells them. */
  readonly before: number;
  readonly after: number;
  /** Names of indexes that rebuilds had kept, and which are removed now. */
  readonly removed: readonly string[];
}

export interface EngineFinding {
  readonly name: string;
  /** `warning`: everything works, but not as well as it could. */
  readonly state: 'ok' | 'warning' | 'broken';
  readonly found: string;
  /** What to do; absent when nothing is to be done. */
  readonly advice?: Sentence;
}
