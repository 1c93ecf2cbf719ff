import type { SearchIndex } from '../search/search-index.ts';
import type { OpenIndexOptions } from './check-open-index.ts';

/** Indexes by name, wherever they are. */
export interface NamedIndexes {
  /** Names of the indexes, and of those that were planned and hold nothing yet. */
  list(): Promise<readonly string[]>;
  /** Another value says that the index was made, planned, rebuilt or deleted since. Nothing where there is none. */
  stamp(name: string): Promise<string | undefined>;
  /** One that holds nothing yet is made as it was planned. Throws as `openIndex`. */
  open(name: string, options: Omit<OpenIndexOptions, 'create'>): Promise<SearchIndex>;
  /** Where one is on this machine; undefined for one in a database. */
  folderOf(name: string): string | undefined;
  /** Lets go of what stamps were asked of. */
  close?(): Promise<void>;
}
