import { describe, expect, it } from 'vitest';
import { openCrossEncoderReranker, openLateInteraction } from '../src/assemble/reranker.ts';
import { createModelSessions, openModel } from '../src/embedders.ts';
import { createReranker, type Reranker, rerank } from '../src/index.ts';

const filler = 'The committee met on a Tuesday to talk about the budget of the harbour and adjourned without a vote. ';
const answer = 'Berlin has a population of three and a half million registered inhabitants.';
/** The answer stands far behind the window. */
const long = `${filler.repeat(120)}${answer} ${filler.repeat(40)}`;
const query = 'how many people live in Berlin';
const documents = [
  { id: 'long', document: { text: long } },
  { id: 'short', document: { text: 'Berlin is well known for its museums and its parks.' } },
  { id: 'other', document: { text: filler } },
];

/** Both ways of reading, of one reranker; `wins`: the part that holds the answer stands above everything. */
const readBoth = async (open: (longDocuments: 'truncate' | 'chunk') => Promise<Reranker>, wins: boolean): Promise<void> => {
  const cut = await open('truncate');
  const first = await rerank(query, documents, { model: cut, fields: ['text'] });
  expect(first.results[0]?.id).toBe('short');
  expect(first.cut).toBe(1);
  expect(first.results.find(({ id }) => id === 'long')?.cutTokens).toBeGreaterThan(2000);
  await cut.close?.();
  const whole = await open('chunk');
  const { results, cut: left } = await rerank(query, documents, { model: whole, fields: ['text'] });
  expect(left).toBe(0);
  if (wins) expect(results[0]?.id).toBe('long');
  const found = results.find(({ id }) => id === 'long');
  const { highlight } = found ?? {};
  expect(found?.relevanceScore).toBeGreaterThan(first.results.find(({ id }) => id === 'long')?.relevanceScore as number);
  expect(highlight?.text).toContain(answer);
  expect(long.slice(highlight?.start, highlight?.end)).toBe(highlight?.text);
  expect(results.find(({ id }) => id === 'short')?.highlight).toBeUndefined();
  await whole.close?.();
};

describe('a text longer than the window', () => {
  it('is cut, or read in parts, by a cross-encoder', async () => {
    await readBoth((longDocuments) => openCrossEncoderReranker('ms-marco-minilm-l-12-v2', { longDocuments }), true);
  });

  it('is cut, or read in parts, by late interaction', async () => {
    await readBoth(async (longDocuments) => openLateInteraction(await openModel(), { longDocuments }), false);
  });

  it('is read by the sentences that carry the match, wherever they stand, and says what was passed over', async () => {
    const sessions = createModelSessions();
    const crossEncoder = await openCrossEncoderReranker('ms-marco-minilm-l-12-v2', { longDocuments: 'sentences', sessions });
    const [stage] = (await crossEncoder.explain?.(query, { text: long })) ?? [];
    const read = stage?.sentences ?? [];
    expect(read.map(({ start, end }) => long.slice(start, end)).join(' ')).toContain(answer);
    const left = long.length - read.reduce((sum, { start, end }) => sum + end - start, 0);
    const [unsaid, said, cut] = [
      createReranker(undefined, { sessions }),
      createReranker(undefined, { longDocuments: 'sentences', sessions }),
      createReranker(undefined, { longDocuments: 'truncate', sessions }),
    ];
    const scores: (number | undefined)[] = [];
    for (const reranker of [crossEncoder, unsaid, said, cut]) {
      const { results } = await rerank(query, documents, { model: reranker, fields: ['text'] });
      const omitted = results.map(({ id, omittedCharacters }) => [id, omittedCharacters]).filter(([, count]) => count !== undefined);
      expect(omitted).toEqual(reranker === cut || reranker === unsaid ? [] : [['long', left]]);
      scores.push(results.find(({ id }) => id === 'long')?.relevanceScore);
      await reranker.close?.();
    }
    expect(scores[1]).toBe(scores[3]);
    expect(scores[2]).toBeGreaterThan(scores[3] as number);
  });

  it('leaves room for itself beside a long query, which says what it cut', async () => {
    const reranker = await openCrossEncoderReranker();
    const asked = `${filler.repeat(60)} ${query}`;
    const { scores, truncatedTokens } = await reranker.score(asked, [{ text: answer }, { text: filler.repeat(60) }]);
    expect([...scores].every(Number.isFinite)).toBe(true);
    expect(truncatedTokens?.[1]).toBeGreaterThan(500);
    await reranker.close?.();
  });

  it('of a megabyte costs time and no memory: 20 of them, in parts no larger than a window', async () => {
    const reranker = await openCrossEncoderReranker();
    const huge = Array.from({ length: 20 }, (_, i) => ({ text: `${i} ${filler.repeat(10_000)}` }));
    await reranker.score(query, [{ text: filler }]);
    const before = process.memoryUsage.rss();
    const { truncatedTokens } = await reranker.score(query, huge);
    expect(truncatedTokens?.every((tokens) => tokens > 100_000)).toBe(true);
    // The texts twice, here and in the workers, and what two tokenisers need for a piece and leave to the collector.
    expect((process.memoryUsage.rss() - before) / 1e6).toBeLessThan(500);
    await reranker.close?.();
  });
});
