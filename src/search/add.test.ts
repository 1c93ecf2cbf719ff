import { describe, expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { memoryStore } from '../store/memory.ts';
import type { Document, ReadDocument } from '../types.ts';

const made = (create: object | true = true) => openIndex(memoryStore(), { create, embedder: hashEmbedder() });

describe('ids', () => {
  it.each([
    ['half a character', '\ud800', 'holds half a character'],
    ['half a character inside', 'a\udc00b', 'holds half a character'],
    ['an integer that was rounded', 9007199254740992, 'is the number 9007199254740992; beyond'],
    ['infinity', Number.POSITIVE_INFINITY, 'holds a number beyond'],
    ['no number', Number.NaN, 'is the number NaN; beyond'],
  ])('are refused where they are %s', async (_, id, reason) => {
    await using index = await made();
    await expect(index.add([{ id, text: 'x' }])).rejects.toThrow(reason);
    expect((await index.status()).documents).toBe(0);
  });

  it('are kept apart as they were given', async () => {
    await using index = await made();
    const ids = [0, -1, 1.5, Number.MAX_SAFE_INTEGER, '9007199254740993', '9007199254740992', '\ufffd', '🦇'];
    expect((await index.add(ids.map((id): Document => ({ id, text: 'x' })))).added).toBe(ids.length);
    const stored = await Array.fromAsync(index.store.get('all', []));
    expect(stored.map(({ id }) => id).sort()).toEqual(ids.map(String).sort());
  });

  it('are refused in the library as in a file where a text was mended', async () => {
    await using index = await made();
    const read = async function* (): AsyncGenerator<ReadDocument> {
      yield { document: { id: '\ufffd', text: 'x' }, where: 'line 1', mended: ['id'] };
    };
    await expect(index.addRead(read())).rejects.toThrow('line 1: the id field "id" holds half a character');
  });
});

describe('fields that no document has', () => {
  const all = (documents: readonly Document[]) =>
    async function* (): AsyncGenerator<ReadDocument> {
      for (const [at, document] of documents.entries()) yield { document, where: `line ${at + 1}` };
    };

  it('are refused for a new index only', async () => {
    await using index = await made({ fields: ['title', 'overview'] });
    await expect(index.add([{ id: 'a', title: 'x' }])).rejects.toThrow('no document has the field "overview"');
    await index.add([{ id: 'a', title: 'x', overview: 'y' }]);
    expect((await index.add([{ id: 'b', title: 'z' }])).added).toBe(1);
  });

  it('are accepted for a new index where they are declared, unless there is none at all', async () => {
    await using index = await made({ fields: ['title', 'overview'] });
    await expect(index.addRead(all([{ id: 'a', titel: 'x' }])(), { missingFields: 'accept' })).rejects.toThrow(
      'no document has the field "title" (did you mean "titel"?)',
    );
    expect(index.manifest()).toBeUndefined();
    expect((await index.addRead(all([{ id: 'a', title: 'x' }])(), { missingFields: 'accept' })).added).toBe(1);
  });
});

it('writes batch by batch, and waits for its turn with whole batches', async () => {
  await using index = await made();
  const steps: string[] = [];
  const documents = async function* (): AsyncGenerator<ReadDocument> {
    for (let i = 0; i < 600; i++) {
      if (i % 256 === 0) steps.push(`read ${i}`);
      yield { document: { id: i, text: `x ${i}` }, where: `line ${i}` };
    }
  };
  const report = await index.addRead(documents(), {
    write: async (work) => {
      steps.push('begin');
      const result = await work();
      steps.push('end');
      return result;
    },
  });
  expect(report.added).toBe(600);
  expect(steps).toEqual(['read 0', 'begin', 'end', 'read 256', 'begin', 'end', 'read 512', 'begin', 'end']);
});

it('adds side by side to an index that neither has made yet', async () => {
  await using index = await made();
  const one = (id: string): Document => ({ id, text: id });
  await Promise.all([index.add([one('a')]), index.add([one('b')])]);
  expect((await index.status()).documents).toBe(2);
  await using other = await made();
  await expect(Promise.all([other.add([one('a')]), other.add([{ key: 'b', body: 'b' }])])).rejects.toThrow(
    'another process made this index',
  );
});
