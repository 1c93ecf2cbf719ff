/**
 * Ours, end to end: the default cascade over token vectors that an index keeps, over texts alone, or asked a second time with a cache.
 * The passages are indexed before anything is timed. usage: ranking.ts stored|fresh|cached
 */

import { openIndex, type Reranker } from '../../src/index.ts';
import { cached } from '../../src/rerankers.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import type { Entry } from '../../src/store/store.ts';
import { memoryStore } from '../../src/stores.ts';
import { serve } from '../child.ts';
import { threads } from './contender.ts';
import type { ListAnswer, ListRequest } from './list.ts';

interface IndexRequest {
  readonly index: readonly string[];
}

// Never closed: the process ends when it is told to.
const index = await openIndex(memoryStore(), { create: { fields: ['text'] }, models: { threads, offline: true } });
const entries = new Map<string, Pick<Entry, 'document' | 'tokens' | 'vector'>>();
const form = process.argv[2] as 'stored' | 'fresh' | 'cached';
const chosen = index.reranker() as Reranker;
const reranker = form === 'cached' ? cached(chosen) : chosen;
await reranker.load?.();

const addAll = async (texts: readonly string[]): Promise<number> => {
  await index.add([...new Set(texts)].map((text, at) => ({ id: String(at), text })));
  for await (const entry of index.store.get('all', ['document', 'tokens', 'vector'])) entries.set(entry.document.text as string, entry);
  return entries.size;
};

const rank = async ({ query, texts }: ListRequest): Promise<ListAnswer> => {
  const stored = index.manifest()?.tokens;
  const candidates = texts.map((text, at) => {
    const { document, tokens, vector } = entries.get(text) as Pick<Entry, 'document' | 'tokens' | 'vector'>;
    const kept = form === 'fresh' || stored === undefined || tokens === undefined ? {} : { tokens: { form: stored, data: tokens, vector } };
    return { id: String(at).padStart(3, '0'), document, ...kept };
  });
  if (form === 'cached') await rankCandidates(reranker, query, candidates, ['text']);
  const [started, used] = [performance.now(), process.cpuUsage()];
  const { order } = await rankCandidates(reranker, query, candidates, ['text']);
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  return { milliseconds, processor: (user + system) / 1000, scores: order.map(({ relevance }) => relevance) };
};

serve((request: IndexRequest | ListRequest) => ('index' in request ? addAll(request.index) : rank(request)));
