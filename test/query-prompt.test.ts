import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex, type SearchIndex, search } from '../src/index.ts';
import { type Server, serve } from '../src/server/listen.ts';
import { memoryStore } from '../src/stores.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const tiny = join(import.meta.dirname, 'tiny-embedders', 'bert');
const { texts, models } = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'embedders.json'), 'utf8')) as {
  readonly texts: readonly string[];
  readonly models: { readonly bert: Readonly<Record<'query' | 'document' | 'Clustering', readonly (readonly number[])[]>> };
};
const documents = texts.flatMap((text, i) => (text === '' ? [] : [{ id: `d${i}`, text }]));
const query = texts[0] as string;
/** Cosines that sentence-transformers gives between the query under a prompt and the documents. */
const wanted = (prompt: 'query' | 'Clustering'): Readonly<Record<string, number>> =>
  Object.fromEntries(
    documents.map(({ id }) => [
      id,
      models.bert[prompt][0]?.reduce(
        (sum, value, i) => sum + value * (models.bert.document[Number(id.slice(1))]?.[i] as number),
        0,
      ) as number,
    ]),
  );
const expectScores = (candidates: readonly { readonly id: string; readonly score: number }[], prompt: 'query' | 'Clustering'): void => {
  expect(candidates).toHaveLength(documents.length);
  for (const { id, score } of candidates) expect(score).toBeCloseTo(wanted(prompt)[id] as number, 4);
};

let index: SearchIndex;
let server: Server;
const folder = join(workFolder(), 'index');
beforeAll(async () => {
  index = await openIndex(folder, {
    create: { fields: ['text'], passages: 'off' },
    embedder: tiny,
    reranker: null,
    models: { threads: 1 },
  });
  await index.add(documents);
  server = await serve({ port: 0, version: '0.0.0', indexes: [folder], modelNames: [tiny], models: { threads: 1 } });
});
afterAll(async () => {
  await index.close();
  await server.close(1000);
});

describe('a prompt for one search', () => {
  it('stands before the query, by its name or in words, and the documents keep theirs', async () => {
    expectScores((await search(index, query)).candidates, 'query');
    expectScores((await search(index, query, { prompt: 'Clustering' })).candidates, 'Clustering');
    expectScores((await search(index, query, { prompt: 'group: ' })).candidates, 'Clustering');
    expectScores(
      (await search(index, query, { prompt: 'Clustering', firstStage: 'hybrid', fusion: 'scores', denseWeight: 1 })).candidates.map(
        ({ id }) => ({ id, score: wanted('Clustering')[id] as number }),
      ),
      'Clustering',
    );
    // Nothing of it is kept.
    expectScores((await search(index, query)).candidates, 'query');
    expect(index.manifest()?.form).toBeUndefined();
  });

  it('is the same at the command line and over HTTP', async () => {
    const { stdout } = await finetooth(['search', query, '--in', folder, '--prompt', 'Clustering', '--reranker', 'none', '--json']);
    expectScores(JSON.parse(stdout).candidates, 'Clustering');
    const answer = await fetch(`${server.url}/v1/search`, {
      method: 'POST',
      body: JSON.stringify({ query, prompt: 'Clustering', reranker: null }),
    });
    expectScores(((await answer.json()) as { candidates: [] }).candidates, 'Clustering');
  });

  it('is refused where it is no prompt, where no embedder reads the query, and of an embedder that takes none', async () => {
    await expect(search(index, query, { prompt: 'poem' })).rejects.toThrow(
      /has the prompts Clustering, document, query; got prompt: 'poem'/,
    );
    await expect(search(index, query, { prompt: 'query', firstStage: 'bm25' })).rejects.toThrow(
      /is for a query that is embedded, and the first stage is bm25/,
    );
    await expect(search(index, query, { prompt: 'query', vector: models.bert.query[0] })).rejects.toThrow(
      /the vector of the query is given/,
    );
    await using other = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder(), reranker: null });
    await other.add(documents);
    await expect(search(other, query, { prompt: 'query' })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('is for a local embedder'),
    });
  });
});
