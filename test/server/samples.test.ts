import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Sample, sampleIndex } from '../../src/assemble/sample-index.ts';
import { search } from '../../src/index.ts';
import { createIndexRegistry, type IndexRegistry } from '../../src/server/indexes/registry.ts';
import { statusesOf } from '../../src/server/indexes/status.ts';
import { problemOf } from '../../src/server/problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-samples-'));
const corpus = join(folder, 'corpus.jsonl');
const titles = ['Bats', 'Owls', 'Rats', 'Cats'];
writeFileSync(corpus, titles.map((title) => `${JSON.stringify({ id: title, title })}\n`).join(''));
const sample: Sample = { name: 'films', corpus, documents: titles.length, fields: ['title'] };
const models = { cacheFolder: join(folder, 'cache') };

const opened: IndexRegistry[] = [];
const registry = (of: Sample = sample): IndexRegistry => {
  const one = createIndexRegistry({ given: [], folders: undefined, models, sample: sampleIndex(models, of) });
  opened.push(one);
  return one;
};
afterAll(() => Promise.all(opened.map((one) => one.close())));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => problemOf(error, ''),
  );

describe('the bundled films as an index', () => {
  it('are listed before they are one, made by whoever asks for them, and there for the next server', async () => {
    const indexes = registry();
    for (let i = 0; i < 2; i++)
      expect(await statusesOf(await indexes.names(), indexes)).toMatchObject([
        { name: 'films', documents: 0, building: { done: 0, total: 4 } },
      ]);
    const ask = () => indexes.reading('films', (index) => search(index, 'a bird of the night', { top: 1, reranker: null }));
    expect(await refusal(ask())).toEqual({
      kind: 'unready',
      code: 'E_INDEX_BUILDING',
      message: 'the index "films" is being made of the bundled films, 0 of 4 so far; ask again',
      retryAfter: 2,
    });
    await expect.poll(() => indexes.unfinished('films'), { timeout: 30_000 }).toBeUndefined();
    expect((await ask()).results[0]?.id).toBe('Owls');
    expect(await statusesOf(['films'], indexes)).toMatchObject([{ name: 'films', documents: 4, fields: ['title'] }]);
    const [status] = await statusesOf(['films'], registry());
    expect([status?.documents, status?.building]).toEqual([4, undefined]);
  });

  it('stay as they are: no one writes to them, deletes them or takes their name', async () => {
    const indexes = registry();
    for (const work of [
      indexes.writing('films', (index) => index.delete(['Bats'])),
      indexes.inTurn('films', new AbortController().signal, async () => {}),
      indexes.remove('films'),
      indexes.create('films', {}),
    ])
      expect(await refusal(work)).toMatchObject({
        code: 'E_FORBIDDEN',
        message: expect.stringContaining('the bundled films stay as they are') as string,
      });
  });

  it('say once why they cannot be made, and are tried again', async () => {
    const torn = join(folder, 'torn.jsonl');
    writeFileSync(torn, '{');
    const indexes = registry({ ...sample, corpus: torn });
    const ask = () => refusal(indexes.reading('films', async () => {}));
    expect(await ask()).toMatchObject({ code: 'E_INDEX_BUILDING' });
    await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ code: 'E_INPUT_FORMAT' });
    expect(await ask()).toMatchObject({ code: 'E_INDEX_BUILDING' });
  });

  it('are those of the package', () => {
    const bundled = readFileSync(join(import.meta.dirname, '../../samples/films/corpus.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(bundled).toHaveLength(350);
  });
});
