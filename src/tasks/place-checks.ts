import type { ResolveOptions } from '../model/files.ts';
import { callback, type OptionChecks, path, record, signal, truth, whole } from '../wording/check-options.ts';

/** What lists models or collections. */
export const listChecks: OptionChecks<Pick<ResolveOptions, 'folder' | 'cacheFolder' | 'env' | 'signal'>> = {
  folder: path,
  cacheFolder: path,
  env: record,
  signal,
};

/** What fetches a model or a collection. */
export const pullChecks: OptionChecks<Omit<ResolveOptions, 'folder'>> = {
  cacheFolder: path,
  offline: truth,
  onProgress: callback,
  signal,
  env: record,
  stallMs: whole(0, 600_000),
  retryPauseMs: whole(0, 600_000),
  full: truth,
};
