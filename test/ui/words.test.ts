import { expect, it } from 'vitest';
import { joinTokens, meetings, meetingWords, placeTokens } from '../../ui/why/words.ts';

const texts = (tokens: readonly string[]): string[] => joinTokens(tokens).map(({ text }) => text);

it('joins pieces of words as each tokenizer marks them', () => {
  expect(texts(['sauce', '##r', 'hu', '##man', '##like', ',', 'x'])).toEqual(['saucer', 'humanlike', ',', 'x']);
  expect(texts(['▁sau', 'cer', '▁human', 'like', ',', '▁x'])).toEqual(['saucer', 'humanlike', ',', 'x']);
  expect(texts(['Ġsau', 'cer', '.', 'Ġx'])).toEqual(['saucer', '.', 'x']);
  expect(texts(['東', '京'])).toEqual(['東', '京']);
});

it('places tokens in a text of other case, accents and spaces, and passes over what it cannot know', () => {
  const text = 'Crème\n BRÛLÉE — “Zürich” 😀 end';
  const tokens = ['creme', 'bru', '##lee', '[UNK]', 'zurich', '[UNK]', 'end'];
  expect(placeTokens(tokens, text).map((place) => place && text.slice(...place))).toEqual([
    'Crème',
    'BRÛ',
    'LÉE',
    undefined,
    'Zürich',
    undefined,
    'end',
  ]);
});

it('passes over the heading that a passage carries with it', () => {
  const tokens = ['the', 'title', 'here', 'the', 'passage', 'begins', 'with', 'the', 'title', 'of', 'it', '.'];
  const text = 'The passage begins with the title of it.';
  expect(placeTokens(tokens, text).map((place) => place?.[0])).toEqual([undefined, undefined, undefined, 0, 4, 12, 19, 24, 28, 34, 37, 39]);
});

it('says of each word of the query which words it met, whole', () => {
  const tokens = {
    query: ['robot', '##s'],
    document: ['the', 'and', '##roid', 'sleeps'],
    similarities: [
      [0.2, 0.3, 0.8, 0.2],
      [0.2, 0.5, 0.4, 0.1],
    ],
  };
  expect(meetings(tokens, 2)).toEqual([
    {
      query: 'robots',
      best: [
        { text: 'android', cosine: 0.8 },
        { text: 'the', cosine: 0.2 },
      ],
    },
  ]);
  const words = meetingWords(tokens, 'The android sleeps');
  expect(words.map(({ start, end }) => 'The android sleeps'.slice(start, end))).toEqual(['The', 'android', 'sleeps']);
  const [the, android] = words;
  expect(android?.strength).toBeGreaterThan(0.5);
  expect(the?.strength).toBe(0);
});
