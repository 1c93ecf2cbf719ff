import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { unusedPrecision } from '../src/assemble/unused-precision.ts';
import { createModelSessions } from '../src/embedders.ts';
import { createEmbedder, createReranker, type ModelOptions, openIndex, type Reranker, rerank, search } from '../src/index.ts';
import { cascade, fallback } from '../src/rerankers.ts';
import { serve } from '../src/server/listen.ts';
import { serveMcp } from '../src/server/mcp/index.ts';
import { embedDocuments } from '../src/tasks/embed-documents.ts';

const home = mkdtempSync(join(tmpdir(), 'finetooth-precision-'));
const ettin = join(import.meta.dirname, 'tiny-rerankers', 'ettin');
const models: ModelOptions = { precision: 'q4', threads: 1, sessions: createModelSessions() };
const opened: { close?(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close?.()));
  rmSync(home, { recursive: true, force: true });
});
const closing = <Part extends { close?(): Promise<void> }>(part: Part): Part => {
  opened.push(part);
  return part;
};

const end = '; it is for models that are named, and have several forms';
const ofEmbedder = `precision q4 has no effect: bge-small-en-v1.5 has one form of weights, int8${end}`;
const ofBoth = `precision q4 has no effect: bge-small-en-v1.5 and ms-marco-minilm-l-12-v2 have one form of weights, int8${end}`;
const ofNone = `precision q4 has no effect: no local model reads here${end}`;

describe('a form of weights that no model could be had in', () => {
  const [int8, kept] = [
    { name: 'a', precision: 'int8' },
    { name: 'b', precision: 'fp32', isKept: true },
  ] as const;
  it.each([
    ['auto', [int8], undefined],
    [undefined, [int8], undefined],
    ['q4', [int8, 'asked'], undefined],
    // As it was asked for, by whatever name.
    ['q8', [int8], undefined],
    ['fp32', [kept, kept], undefined],
    ['q4', [int8, int8], 'a has one form of weights, int8'],
    ['fp16', [kept], 'the index keeps the form that it was made with, fp32 of b'],
    ['q4', [int8, kept], 'a has one form of weights, int8, and the index keeps the form that it was made with, fp32 of b'],
    ['fp32', [int8, kept], 'a has one form of weights, int8'],
    ['q4', [], 'no local model reads here'],
  ] as const)('%s of %j is told: %s', (asked, forms, why) => {
    expect(unusedPrecision(asked, forms)).toEqual(why === undefined ? [] : [`precision ${asked} has no effect: ${why}${end}`]);
  });

  const notesOf = async (model: Reranker) => (await rerank('bats', ['Bats hunt.', 'Wheat rose.'], { model })).notes;
  it('is told in every answer of a reranker, also within others that were put together of it', async () => {
    const model = closing(createReranker('default', models));
    expect([await notesOf(model), await notesOf(model)]).toEqual([[ofBoth], [ofBoth]]);
    for (const join of [fallback, cascade]) expect(await notesOf(join([model, model]))).toEqual([ofBoth]);
    expect(await notesOf(closing(createReranker('first-stage', models)))).toEqual([ofNone]);
    expect(await notesOf(closing(createReranker(ettin, { ...models, precision: 'fp32' })))).toBeUndefined();
    expect(await notesOf(closing(createReranker('first-stage', { ...models, precision: 'auto' })))).toBeUndefined();
  });

  it('is told by an index at adding and at searching, with a reranker and without', async () => {
    const where = join(home, 'index');
    const index = closing(await openIndex(where, { create: { fields: ['text'] }, reranker: null, models }));
    expect((await index.add([{ id: 'a', text: 'Bats hunt.' }])).notes).toEqual([ofEmbedder]);
    expect((await search(index, 'bats')).notes).toEqual([ofEmbedder]);
    const other = closing(await openIndex(where, { models }));
    expect((await search(other, 'bats')).notes).toEqual([ofBoth]);
    const named = closing(await openIndex(where, { reranker: ettin, models: { ...models, precision: 'fp32' } }));
    expect((await search(named, 'bats')).notes).toBeUndefined();
  });

  it('is told where vectors are made, and by a server in its log', async () => {
    let told: readonly string[] = [];
    const stdin = (async function* () {
      yield new TextEncoder().encode('bats\n');
    })();
    for await (const _ of embedDocuments({ stdin, otherwise: 'lines', models, onNotes: (notes) => (told = notes) }));
    expect(told).toContain(ofEmbedder);
    const warned: string[] = [];
    const hear = ({ message }: Error): void => void warned.push(message);
    process.on('warning', hear);
    closing(await createEmbedder(undefined, models));
    await new Promise(setImmediate);
    process.off('warning', hear);
    expect(warned).toEqual([`${ofEmbedder}.`]);
    process.on('warning', hear);
    const ends = new PassThrough();
    const { ended } = await serveMcp({
      indexes: [join(home, 'index')],
      models: { precision: 'q4', threads: 1 },
      input: ends,
      output: new PassThrough(),
    });
    ends.end();
    await ended;
    process.off('warning', hear);
    expect(warned.slice(1)).toEqual(['precision q4 has no effect: it is for models that are served by name, and have several forms.']);
    const lines: string[] = [];
    const log = { level: 'warn', stream: { write: (line: string) => void lines.push(line) } } as const;
    const server = await serve({ port: 0, version: '0.0.0', models: { precision: 'q4', threads: 1 }, log });
    await server.close(100);
    expect(lines.join('')).toContain('precision q4 has no effect: it is for models that are served by name, and have several forms');
  });
});
