import { precisionChoices } from '../model/catalog/precision.ts';
import type { ResolveOptions } from '../model/files.ts';
import { devices } from '../model/run/runtime.ts';
import { callback, type OptionChecks, oneOf, record, signal, text, truth, whole } from '../wording/check-options.ts';

/** What lists models or collections. */
export const listChecks: OptionChecks<Pick<ResolveOptions, 'folder' | 'cacheFolder' | 'env' | 'signal'>> = {
  folder: text,
  cacheFolder: text,
  env: record,
  signal,
};

/** What fetches a model or a collection. */
export const pullChecks: OptionChecks<Omit<ResolveOptions, 'folder'>> = {
  cacheFolder: text,
  offline: truth,
  onProgress: callback,
  signal,
  env: record,
  stallMs: whole(0, 600_000),
  retryPauseMs: whole(0, 600_000),
  full: truth,
  precision: oneOf(precisionChoices),
  onPrecision: callback,
  runtime: oneOf(['auto', 'native', 'wasm']),
  device: oneOf(devices),
};
