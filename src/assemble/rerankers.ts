import { looksHosted } from '../hosted/vendors/index.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { firstStageName, firstStageOrder } from '../rerank/parts/first-stage-order.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { fallback } from '../rerank/wrappers/fallback.ts';
import { defaultReranker } from './default-reranker.ts';
import { hosted } from './hosted.ts';
import { createModelSessions, type ModelOptions, openCrossEncoderReranker, openLateInteraction } from './parts.ts';

/** Rerankers of the caller's own, by the name that pipelines use. */
export type NamedRerankers = Readonly<Record<string, Reranker>>;

/** Rerankers by name. Each is made on first use; those that were made here are closed together. */
export interface RerankerShelf {
  /**
   * `default` or `local`, `late-interaction`, `first-stage`, `vendor:model`, or a cross-encoder: of the catalog, `owner/name`, `./folder`. Throws
   * E_MODEL_UNKNOWN, E_USAGE.
   */
  get(name: string): Promise<Reranker>;
  /** Several are one cascade. */
  getAll(names: readonly string[]): Promise<Reranker>;
  close(): Promise<void>;
}

/** `encoder`: whose token vectors late interaction compares; asked for only where it is needed. */
export const rerankerShelf = (encoder: () => Promise<BiEncoder>, options: ModelOptions = {}): RerankerShelf => {
  // The cross-encoder of `default` is also one that may be named.
  const models: ModelOptions = { ...options, sessions: options.sessions ?? createModelSessions() };
  const made = new Map<string, Promise<Reranker>>();
  const make = async (name: string): Promise<Reranker> => {
    if (name === 'default' || name === 'local') return defaultReranker(await encoder(), models);
    if (name === 'late-interaction') return openLateInteraction(await encoder(), models);
    if (name === firstStageName) return firstStageOrder();
    if (looksHosted(name)) {
      const { longDocuments } = options;
      return hosted(name, { ...options.hosted, longDocuments: longDocuments ?? options.hosted?.longDocuments });
    }
    return openCrossEncoderReranker(name, models);
  };
  const get = (name: string): Promise<Reranker> => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const opened = make(name);
    made.set(name, opened);
    // What could not be opened is tried again by whoever names it next, and takes no memory until then.
    opened.catch(() => {
      if (made.get(name) === opened) made.delete(name);
    });
    return opened;
  };
  return {
    get,
    getAll: async (names) => {
      const all = await Promise.all(names.map(get));
      return all.length === 1 ? (all[0] as Reranker) : cascade(all);
    },
    close: async () => {
      await Promise.all([...made.values()].map(async (one) => (await one.catch(() => undefined))?.close?.()));
    },
  };
};

/** Who ranks when the first cannot, by name, and whether anybody may. */
export interface FallbackNames {
  /** In this order. @default none */
  readonly fallback?: readonly string[];
  /** Throw what the first one throws instead. @default false */
  readonly strict?: boolean;
}

/** The reranker with those behind it that are to rank when it cannot. */
export const withFallback = async (
  first: Reranker,
  { fallback: names, strict }: FallbackNames,
  open: (name: string) => Promise<Reranker>,
): Promise<Reranker> => {
  if (names === undefined || names.length === 0) return first;
  return fallback([first, ...(await Promise.all(names.map(open)))], { strict });
};
