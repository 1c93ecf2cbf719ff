import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openModel } from '../assemble/models.ts';
import { estimatedTokens, halved, mostTokens, spansWithin } from './estimate.ts';
import { groupsOf } from './groups.ts';

const anyText = fc.oneof(fc.string({ maxLength: 400 }), fc.string({ unit: 'grapheme', maxLength: 200 }), fc.lorem({ maxCount: 80 }));

it("estimates no fewer tokens than BERT's vocabulary makes of texts, and never more than there can be", async () => {
  const lines = readFileSync(join(import.meta.dirname, '..', '..', 'samples', 'films', 'corpus.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const texts = [
    ...lines.filter((_, at) => at % 8 === 0).map((line) => String((JSON.parse(line) as { overview?: string }).overview)),
    '人工知能は検索の質を高める',
    'Быстрая лиса',
  ];
  const model = await openModel(undefined, { threads: 1 });
  const { tokens } = await model.encode(texts, { prefix: 'none' });
  await model.close();
  // Two of them are special.
  const least = texts.map((text, i) => estimatedTokens(text) - ((tokens[i] as number) - 2));
  expect(least.filter((over) => over < 0).length).toBeLessThan(texts.length / 50);
  fc.assert(fc.property(anyText, (text) => estimatedTokens(text) <= mostTokens(text)));
});

it('cuts a text into parts that lose nothing, split no character, and fit', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 4, max: 60 }), (text, tokens) => {
      const spans = spansWithin(text, tokens);
      expect(spans.map(([from, to]) => text.slice(from, to)).join('')).toBe(text);
      for (const [from, to] of spans) {
        expect(estimatedTokens(text.slice(from, to))).toBeLessThanOrEqual(tokens + 2);
        if (text.isWellFormed()) expect(text.slice(from, to).isWellFormed()).toBe(true);
      }
      if (text.length >= 2)
        expect(
          halved(text, [0, text.length])
            .map(([from, to]) => text.slice(from, to))
            .join(''),
        ).toBe(text);
    }),
  );
});

it('puts texts into as few requests as the limits allow, in order', () => {
  const unit = fc.record({ text: fc.string({ maxLength: 50 }) });
  const limits = fc.record(
    { documents: fc.integer({ min: 1, max: 7 }), bytes: fc.integer({ min: 1, max: 120 }), tokens: fc.integer({ min: 1, max: 60 }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), limits, fc.string({ maxLength: 9 }), (units, given, query) => {
      const groups = groupsOf(units, given, query);
      expect(groups.flat()).toEqual(units);
      for (const group of groups) {
        expect(group.length).toBeGreaterThan(0);
        if (group.length === 1) continue;
        expect(group.length).toBeLessThanOrEqual(given.documents ?? 30);
        const bytes = group.reduce((sum, { text }) => sum + Buffer.byteLength(text), Buffer.byteLength(query));
        expect(bytes).toBeLessThanOrEqual(given.bytes ?? 1e9);
        expect(group.reduce((sum, { text }) => sum + estimatedTokens(text) + estimatedTokens(query), 0)).toBeLessThanOrEqual(
          given.tokens ?? 1e9,
        );
      }
    }),
  );
});
