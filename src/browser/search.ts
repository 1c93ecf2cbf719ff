import { topK } from '../math/top-k.ts';
import { dot } from '../math/vectors.ts';
import type { RelevanceLevel } from '../rerank/calibration.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, Document } from '../types.ts';
import { callback, callChecks, checkArguments, needed, type OptionChecks, part, texts, truth, whole } from '../wording/check-options.ts';
import { anyText } from '../wording/check-shapes.ts';
import type { BrowserEmbedder, BrowserEmbedOptions } from './embedder.ts';
import type { BrowserReranker } from './reranker.ts';
import { areDocuments, checkWords } from './reranker.ts';

export interface BrowserSearchParts {
  readonly embedder: Pick<BrowserEmbedder, 'embed'>;
  /** @default none: the cosine of the vectors ranks */
  readonly reranker?: Pick<BrowserReranker, 'rerank'>;
  /** Fields of objects that are read, in order. @default of each document its own */
  readonly fields?: readonly string[];
}

export interface BrowserSearchOptions extends CallOptions {
  /** Results that come back, 1 and up. @default 5 */
  readonly top?: number;
  /** Documents that go to the reranker. @default 25 */
  readonly candidates?: number;
  /** As of the reranker. @default false */
  readonly exact?: boolean;
}

export interface BrowserSearchResult<T> {
  readonly id: string;
  /** As of a reranker; the cosine where there is none. */
  readonly relevanceScore: number;
  readonly level?: RelevanceLevel;
  readonly document: T;
}

/** Documents of this page with their vectors, in memory. */
export interface BrowserSearch<T extends string | object> {
  readonly size: number;
  /** Embeds documents and keeps them by their `id` or `_id`, else by their place; one of an id that is there replaces it. Nothing is kept where it throws. */
  add(documents: readonly T[], options?: Pick<BrowserEmbedOptions, 'signal' | 'onProgress'>): Promise<void>;
  /** Whether there was one. */
  delete(id: string): boolean;
  /** The nearest by their vectors, then in the order of the reranker. Throws E_QUERY, E_USAGE, E_STOPPED. */
  search(query: string, options?: BrowserSearchOptions): Promise<readonly BrowserSearchResult<T>[]>;
}

interface Kept<T> {
  readonly document: T;
  readonly text: string;
  readonly vector: Float32Array;
}

const partChecks: OptionChecks<BrowserSearchParts> = {
  embedder: needed(part('what createBrowserEmbedder gives', ['embed'])),
  reranker: part('what createBrowserReranker gives', ['rerank']),
  fields: texts,
};
const count = whole(1, Number.MAX_SAFE_INTEGER);
const searchChecks: OptionChecks<BrowserSearchOptions> = { ...callChecks, top: count, candidates: count, exact: truth };

/**
 * Search over documents in memory: two stages, as on a server.
 *
 * @example
 * import { createBrowserEmbedder, createBrowserSearch } from 'finetooth/browser';
 *
 * const embedder = createBrowserEmbedder({ model: '/models/bge-small-en-v1.5/' });
 * const notes = createBrowserSearch<{ id: string; text: string }>({ embedder });
 * await notes.add([{ id: 'bats', text: 'Bats hunt by echo.' }]);
 * const [best] = await notes.search('how do bats find their way', { top: 1 });
 * console.log(best.document.text);
 */
export function createBrowserSearch<T extends string | object>(parts: BrowserSearchParts): BrowserSearch<T> {
  checkArguments('createBrowserSearch({ embedder: createBrowserEmbedder({ model }) })', { parts: [parts, partChecks] });
  const { embedder, reranker, fields } = parts;
  const kept = new Map<string, Kept<T>>();
  let place = 0;
  const textIn = (one: T): string => (typeof one === 'string' ? one : textOf(one as Document, fields ?? defaultFields(one as Document)));
  return {
    get size() {
      return kept.size;
    },
    add: async (documents, options) => {
      checkArguments('add(documents)', {
        documents: [documents, areDocuments],
        options: [options, { ...callChecks, onProgress: callback }],
      });
      const texts = documents.map(textIn);
      const vectors = await embedder.embed(texts, options);
      for (const [i, document] of documents.entries())
        kept.set(idOf(document) ?? String(place++), { document, text: texts[i] as string, vector: vectors[i] as Float32Array });
    },
    delete: (id) => kept.delete(id),
    search: async (query, given = {}) => {
      checkArguments("search('how do bats find their way', { top: 5 })", { query: [query, anyText], options: [given, searchChecks] });
      checkWords(query);
      const { top = 5, candidates = 25, exact, signal } = given;
      const [vector] = await embedder.embed([query], { role: 'query', signal });
      const near = topK(scored(kept, vector as Float32Array), reranker === undefined ? top : Math.max(top, candidates));
      const told = (id: string): T => (kept.get(id) as Kept<T>).document;
      if (reranker === undefined) return near.map(({ id, score }) => ({ id, relevanceScore: score, document: told(id) }));
      const texts = near.map(({ text }) => text);
      const documents = near.map(({ id }) => told(id));
      const { results } = await reranker.rerank(query, texts, { top, exact, signal });
      return results.map(({ index, relevanceScore, level }) => ({
        id: (near[index] as { readonly id: string }).id,
        relevanceScore,
        level,
        document: documents[index] as T,
      }));
    },
  };
}

function* scored<T>(kept: ReadonlyMap<string, Kept<T>>, query: Float32Array) {
  for (const [id, { vector, text }] of kept) yield { id, text, score: dot(query, 0, vector, 0, query.length) };
}

function idOf(document: string | object): string | undefined {
  if (typeof document === 'string') return undefined;
  for (const name of ['id', '_id']) {
    const value = (document as Readonly<Record<string, unknown>>)[name];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return undefined;
}
