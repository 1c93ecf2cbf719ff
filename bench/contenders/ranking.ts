/** Ours, end to end: the default cascade over token vectors that an index keeps. The passages are indexed before anything is timed. */
import { memoryStore, openIndex, type Reranker } from '../../src/index.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import type { Entry } from '../../src/store/store.ts';
import { serve } from '../child.ts';
import { threads } from './contender.ts';
import type { ListAnswer, ListRequest } from './list.ts';

interface IndexRequest {
  readonly index: readonly string[];
}

await using index = await openIndex(memoryStore(), { create: { fields: ['text'] }, models: { threads, offline: true } });
const entries = new Map<string, Entry>();
const fresh = process.argv[2] === 'fresh';
const reranker = index.reranker() as Reranker;
await reranker.warm?.();

const addAll = async (texts: readonly string[]): Promise<number> => {
  await index.add([...new Set(texts)].map((text, at) => ({ id: String(at), text })));
  for await (const entry of index.store.read('all')) entries.set(entry.document.text as string, entry);
  return entries.size;
};

const rank = async ({ query, texts }: ListRequest): Promise<ListAnswer> => {
  const form = index.manifest()?.tokens;
  const candidates = texts.map((text, at) => {
    const { document, tokens, vector } = entries.get(text) as Entry;
    const kept = fresh || form === undefined || tokens === undefined ? {} : { tokens: { form, data: tokens, vector } };
    return { id: String(at).padStart(3, '0'), document, ...kept };
  });
  const started = performance.now();
  const { order } = await rankCandidates(reranker, query, candidates, ['text']);
  return { milliseconds: performance.now() - started, scores: order.map(({ relevance }) => relevance) };
};

serve((request: IndexRequest | ListRequest) => ('index' in request ? addAll(request.index) : rank(request)));
