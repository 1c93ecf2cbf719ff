import { expect, it } from 'vitest';
import { decodedTexts } from './token-ids.ts';

it('reads tokens of cl100k_base as the text that they stand for, and text as it is', async () => {
  // tiktoken 0.14.0: get_encoding("cl100k_base").encode("hello world"), and of "Bär 🦇 北京" with an end of text behind it.
  const bats = [33, 14304, 11410, 99, 229, 95405, 245, 47653];
  expect(await decodedTexts([[15339, 1917], 'as it is', bats, []])).toEqual(['hello world', 'as it is', 'Bär 🦇 北京', '']);
  expect(await decodedTexts([[15339, 1917, 100_257]])).toEqual(['hello world<|endoftext|>']);
  const texts = ['a', 'b'];
  expect(await decodedTexts(texts)).toBe(texts);
});

it.each([[100_256], [100_300], [1e9]])('says that %d is none of them, and how else it can be sent', async (token) => {
  await expect(decodedTexts(['a', [15339, token]])).rejects.toThrow(
    `input.1: tokens of cl100k_base, or text; ${token} is none of them. LangChain sends text with check_embedding_ctx_length=False`,
  );
});
