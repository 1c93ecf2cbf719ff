import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CreateRerankerOptions, createReranker, type Reranker, rerank } from '../src/index.ts';
import { lazyReranker } from '../src/rerank/wrappers/lazy.ts';
import { type Candidate, cached, cascade, fallback } from '../src/rerankers.ts';

const home = mkdtempSync(join(tmpdir(), 'finetooth-exact-'));
const opened: Reranker[] = [];
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close?.()));
  rmSync(home, { recursive: true, force: true });
});

const words = 'bats hunt by echo at night wheat rose prices over the sea a whale sings far below and no one hears it'.split(' ');
let seed = 11;
const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
const textOf = (count: number): string => Array.from({ length: count }, () => words[random(words.length)]).join(' ');
const query = 'how do bats hunt';
const document = 'Bats hunt by echo: they call, and hear where the insects are.';

/** The document in ten lists of others, each of another length and at another place. */
const lists = (most: number): readonly (readonly string[])[] =>
  Array.from({ length: 10 }, (_, at) => {
    const others = Array.from({ length: 1 + random(most) }, () => textOf(1 + random(at % 2 === 0 ? 8 : 40)));
    return others.toSpliced(random(others.length + 1), 0, document);
  });

interface Seen {
  readonly scores: readonly number[];
  readonly tolerances: readonly (number | undefined)[];
}

/** What the document was given in each list. */
async function seenBy(model: Reranker, exact: boolean, given = lists(30)): Promise<Seen> {
  const seen: { scores: number[]; tolerances: (number | undefined)[] } = { scores: [], tolerances: [] };
  for (const list of given) {
    const { results, tolerance } = await rerank(query, list, { model, exact });
    seen.scores.push(results.find(({ document: found }) => found === document)?.relevanceScore as number);
    seen.tolerances.push(tolerance);
  }
  return seen;
}

const open = async (name: string, options: CreateRerankerOptions = {}): Promise<Reranker> => {
  const model = await createReranker(name, { threads: 2, ...options });
  opened.push(model);
  return model;
};

/** A model in a folder of its own, where its file's name says what its weights are. */
function folderOf(tiny: string): string {
  const folder = join(home, tiny);
  cpSync(join(import.meta.dirname, tiny), folder, { recursive: true });
  return folder;
}

const spreadOf = (scores: readonly number[]): number => Math.max(...scores) - Math.min(...scores);

describe('the score of a document in ten lists', () => {
  it.each([
    'tiny-rerankers/ettin',
    'tiny-rerankers/mean',
    'tiny-embedders/colbert',
  ])('is the same to the last digit where it is exact, else within what the answer says: %s', async (tiny) => {
    const model = await open(folderOf(tiny));
    const [free, exact] = [await seenBy(model, false), await seenBy(model, true)];
    expect([new Set(exact.scores).size, exact.scores.every(Number.isFinite)]).toEqual([1, true]);
    expect(new Set(exact.tolerances)).toEqual(new Set([undefined]));
    expect(new Set(free.tolerances)).toEqual(new Set([1e-4]));
    expect(spreadOf([...free.scores, ...exact.scores])).toBeLessThan(1e-4);
  });

  // What onnxruntime's own tools make of a model (test/tiny-rerankers/make_forms.py); WebAssembly has other kernels.
  it.each([
    ['fp16', 'native', 1e-2],
    ['q4f16', 'native', 1e-2],
    ['q4', 'native', 1e-4],
    ['bnb4', 'native', 1e-4],
    ['fp16', 'wasm', 1e-2],
    ['q4', 'wasm', 1e-4],
  ] as const)('is within what the answer says by weights in the form %s, run by %s', async (precision, runtime, tolerance) => {
    const folder = folderOf('tiny-rerankers/ettin');
    cpSync(join(import.meta.dirname, 'tiny-rerankers', 'forms'), join(folder, 'onnx'), { recursive: true });
    const model = await open(folder, { precision, runtime });
    const given = lists(12);
    const [free, exact] = [await seenBy(model, false, given), await seenBy(model, true, given)];
    expect([new Set(exact.scores).size, exact.scores.every(Number.isFinite)]).toEqual([1, true]);
    expect(new Set(free.tolerances)).toEqual(new Set([tolerance]));
    expect(spreadOf([...free.scores, ...exact.scores])).toBeLessThan(tolerance);
  });

  it('is the same in any case by weights of 8 bits, of which each text is read alone', async () => {
    const model = await open('ms-marco-minilm-l-12-v2');
    const given = lists(6);
    const [free, exact] = [await seenBy(model, false, given), await seenBy(model, true, given)];
    expect(new Set([...free.scores, ...exact.scores]).size).toBe(1);
    expect(new Set(free.tolerances)).toEqual(new Set([undefined]));
  });

  it('is the same by the default, which else reads and weighs by the list', async () => {
    const model = await open('default');
    const given = [52, 2].map((count) => [document, ...Array.from({ length: count }, () => textOf(2 + random(6)))]);
    const exact = await seenBy(model, true, given);
    expect(new Set(exact.scores).size).toBe(1);
    const [whole] = await Promise.all([rerank(query, given[0] as readonly string[], { model, exact: true })]);
    expect([whole.read, whole.spread]).toEqual([[53, 53], 'usual']);
    const free = await rerank(query, given[0] as readonly string[], { model });
    expect([free.spread, (free.read as readonly number[])[1] as number]).toEqual(['list', expect.toSatisfy((read) => read < 53)]);
  });
});

describe('exact', () => {
  const counted = (tolerance?: number) => {
    const asked: (boolean | undefined)[] = [];
    const model: Reranker = {
      fingerprint: `counted ${tolerance}`,
      tolerance,
      score: async (_, candidates: readonly Candidate[], { exact } = {}) => {
        asked.push(exact);
        return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
      },
    };
    return { asked, model: cached(model) };
  };

  it('takes no score from a cache in which a list may have had a hand', async () => {
    for (const [tolerance, times] of [
      [1e-4, 2],
      [undefined, 1],
    ] as const) {
      const { asked, model } = counted(tolerance);
      for (const exact of [false, true, true, false]) await rerank(query, [document], { model, exact });
      expect(asked).toHaveLength(times);
    }
  });

  it('is known of what was put together before it was opened, as is who takes an instruction', async () => {
    const part = (name: string, more: Partial<Reranker>): Reranker =>
      lazyReranker(name, async () => ({
        fingerprint: name,
        ...more,
        score: async (_, candidates) => ({ scores: new Float32Array(candidates.length) }),
      }));
    for (const join of [fallback, cascade]) {
      const model = join([part('first', { tolerance: 1e-4 }), part('second', { takesInstruction: true })]);
      expect([model.tolerance, model.takesInstruction]).toEqual([undefined, false]);
      const { tolerance } = await rerank(query, [document], { model, instruction: 'by sound' });
      expect([join.name, tolerance, model.takesInstruction]).toEqual([join.name, 1e-4, true]);
    }
  });

  it('is refused beside an effort that reads some, and reads all of a cascade', async () => {
    const { model } = counted();
    await expect(rerank(query, [document], { model, exact: true, effort: 'low' })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: "exact reads every candidate, and effort: 'low' would read some. Leave one of them out.",
    });
    const [first, second] = [counted(1e-4), counted(1e-2)];
    const texts = Array.from({ length: 30 }, (_, i) => `text ${'x'.repeat(i)}`);
    const both = await createReranker([first.model, second.model]);
    const answers = [await rerank(query, texts, { model: both }), await rerank(query, texts, { model: both, exact: true })];
    expect(answers.map(({ read, tolerance }) => [read, tolerance])).toEqual([
      [[30, 20], 1e-2],
      [[30, 30], undefined],
    ]);
  });
});
