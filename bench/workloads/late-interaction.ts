/** Scoring a hundred candidates from what an index keeps of their tokens, and whole searches over the bundled films. */
import { join } from 'node:path';
import { defaultModel, localEmbedder, openModel } from '../../src/embedders.ts';
import { openIndex, readDocuments, search } from '../../src/index.ts';
import type { Candidate } from '../../src/rerank/reranker.ts';
import { lateInteraction } from '../../src/rerankers.ts';
import { memoryStore } from '../../src/stores.ts';
import { passageLists } from '../lists.ts';
import { type Bar, fixed, quantile, type Table, type Workload } from '../report.ts';

const FORMS = ([8, 4, 1] as const).flatMap((bits) => [1, 2, 3, 4].map((pool) => ({ bits, pool })));
/** What an index keeps unless told otherwise. */
const DEFAULT = '4 bits, pooled by 3';
const QUERIES = 20;
const CANDIDATES = 100;
const ROUNDS = 5;

const ofFilms = join(import.meta.dirname, '..', '..', 'samples', 'films');

/** Milliseconds of each search of the films, after a first one. */
const searchFilms = async (reranker: string): Promise<readonly number[]> => {
  await using index = await openIndex(memoryStore(), { create: { fields: ['title', 'overview', 'tagline'] }, reranker });
  await index.addRead(readDocuments(join(ofFilms, 'corpus.jsonl')));
  await Promise.all([index.embedder().load?.(), index.reranker()?.load?.()]);
  const taken: number[] = [];
  for await (const { document } of readDocuments(join(ofFilms, 'queries.jsonl')))
    taken.push((await search(index, document.text as string)).timings.total);
  return taken.slice(1);
};

export const lateInteractionBench: Workload = {
  about: `${CANDIDATES} candidates from stored token vectors in each form, and whole searches of the films`,
  run: async ({ say }) => {
    const encoder = await openModel(defaultModel, { threads: 2 });
    const { close: _, ...embedder } = localEmbedder(encoder);
    const reranker = lateInteraction(encoder);
    const { about, lists } = await passageLists(QUERIES, CANDIDATES);
    const measured: { form: string; bytes: number; milliseconds: number[] }[] = [];
    for (const tokens of FORMS) {
      const form = `${tokens.bits} bits, pooled by ${tokens.pool}`;
      say(form);
      await using index = await openIndex(memoryStore(), { create: { fields: ['text'], tokens }, embedder });
      const texts = [...new Set(lists.flatMap((list) => list.texts))];
      await index.add(texts.map((text, at) => ({ id: String(at), text })));
      const kept = new Map<string, Candidate>();
      const stored = index.manifest()?.tokens;
      let bytes = 0;
      for await (const { id, document, tokens: data, vector } of index.store.get('all', ['document', 'tokens', 'vector'])) {
        if (data === undefined || stored === undefined) continue;
        bytes += data.length;
        kept.set(document.text as string, { id, text: document.text as string, tokens: { form: stored, data, vector } });
      }
      const milliseconds: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (const list of lists) {
          const candidates = list.texts.map((text) => kept.get(text) as Candidate);
          // The first call reads the query, the second finds it read: what it takes is the scoring.
          await reranker.score(list.query, candidates);
          const started = performance.now();
          await reranker.score(list.query, candidates);
          milliseconds.push(performance.now() - started);
        }
      }
      measured.push({ form, bytes: bytes / kept.size, milliseconds });
    }
    await encoder.close();
    say('searching the films');
    const films = { 'late interaction': await searchFilms('late-interaction'), default: await searchFilms('default') };
    const chosen = measured.find(({ form }) => form === DEFAULT)?.milliseconds ?? [];
    const bars: Bar[] = [
      {
        claim: `${CANDIDATES} candidates in the default form: at most 3 ms beyond encoding the query`,
        got: `${fixed(quantile(chosen, 0.5), 2)} ms`,
        holds: quantile(chosen, 0.5) <= 3,
      },
      {
        claim: 'a whole search of the films, reranked by late interaction: at most 20 ms',
        got: `${fixed(quantile(films['late interaction'], 0.5))} ms`,
        holds: quantile(films['late interaction'], 0.5) <= 20,
      },
    ];
    const forms: Table = {
      title: `${CANDIDATES} ${about}: milliseconds beyond encoding the query, and bytes of a passage`,
      columns: ['form', 'p50', 'p95', 'bytes'],
      rows: measured.map(({ form, bytes, milliseconds }) => [
        form,
        fixed(quantile(milliseconds, 0.5), 2),
        fixed(quantile(milliseconds, 0.95), 2),
        Math.round(bytes),
      ]),
    };
    const searches: Table = {
      title: 'a search of the films, 25 candidates, query encoding included: milliseconds',
      columns: ['reranker', 'p50', 'p95'],
      rows: Object.entries(films).map(([name, taken]) => [name, fixed(quantile(taken, 0.5)), fixed(quantile(taken, 0.95))]),
    };
    return { tables: [forms, searches], bars, raw: { measured, films } };
  },
};
