import { describe, expect, it } from 'vitest';
import { meetWords } from './joined-words.ts';

const meet = (query: readonly string[], document: readonly string[], similarities: readonly (readonly number[])[]) =>
  meetWords({ query, document, similarities });

describe('words in place of pieces', () => {
  it('of WordPiece', () => {
    const rows = [
      [0.1, 0.2, 0.3],
      [0.9, 0.8, 0.1],
      [0.5, 0.7, 0.1],
    ];
    expect(meet(['how', 'des', '##caling'], ['des', '##cale', 'it'], rows)).toEqual([
      { word: 'how', met: 'it', similarity: 0.3 },
      { word: 'descaling', met: 'descale', similarity: (0.9 + 0.7) / 2 },
    ]);
  });

  it.each([
    ['SentencePiece', ['▁des', 'cal', 'ing', '▁it', '?'], ['▁Des', 'cale', '.', '▁now']],
    ['byte-level BPE', ['des', 'cal', 'ing', 'Ġit', '?'], ['Des', 'cale', '.', 'Ġnow']],
  ])('of %s, signs left out', (_, query, document) => {
    const rows = query.map((_, q) => document.map((_, d) => (q + d) / 10));
    expect(meet(query, document, rows).map(({ word, met }) => [word, met])).toEqual([
      ['descaling', 'now'],
      ['it', 'now'],
    ]);
  });

  it('of a text without tokens', () => {
    expect(meet(['bats'], [], [[]])).toEqual([{ word: 'bats', met: undefined, similarity: 0 }]);
  });
});
