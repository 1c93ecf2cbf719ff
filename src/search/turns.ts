import { wordsOf } from '../text/analyzer.ts';
import type { Turn } from '../time/turn.ts';

/** Characters that are analysed in one go: a few milliseconds. */
const PIECE = 32_768;
/** No word and no sequence of Unicode's composition reaches across one of these. */
const gap = /[\s,;!?。、]/;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{2}/u;

/**
 * Pieces of a text whose words, one piece after the other, are the words of the text. Letters of scripts without spaces count in pairs, so a
 * run of them may be taken apart where the letter at the border is in both pieces.
 */
export function* piecesOf(text: string, length: number = PIECE): Generator<string> {
  let start = 0;
  while (text.length - start > length) {
    let end = start + length;
    while (end > start + length / 2 && !gap.test(text[end] as string)) end--;
    const isApart = gap.test(text[end] as string);
    if (!isApart) {
      end = start + length;
      if (unspaced.test(text.slice(end - 1, end + 1)) && !/\p{M}/u.test(text.slice(end - 1, end + 2))) {
        yield text.slice(start, end);
        start = end - 1;
        continue;
      }
      // One word of half a piece and more: it is not taken apart.
      while (end < text.length && !gap.test(text[end] as string)) end++;
    }
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length || start === 0) yield text.slice(start);
}

/** `wordsOf` in turns, a space between each two: millions of words are one text then, and not millions. */
export async function wordsInTurns(text: string, turn: Turn): Promise<string> {
  if (text.length <= PIECE) {
    await turn();
    return wordsOf(text).join(' ');
  }
  const parts: string[] = [];
  for (const piece of piecesOf(text)) {
    const words = wordsOf(piece);
    if (words.length > 0) parts.push(words.join(' '));
    await turn();
  }
  return parts.join(' ');
}
