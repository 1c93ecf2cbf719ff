/** Characters that are analysed in one go: a few milliseconds. */
export const PIECE = 32_768;
/** No word and no sequence of Unicode's composition reaches across one of these. */
const gap = /[\s;!?。、，]/;
const inLetter = /^[\p{M}\p{Default_Ignorable_Code_Point}\udc00-\udfff]/u;

/**
 * The pieces that a text is analysed by: its words are those of its pieces, one after the other. A piece ends at a gap; where there is none in half of
 * one, between two letters.
 */
export function* piecesOf(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE) {
    let end = start + PIECE;
    while (end > start + PIECE / 2 && !gap.test(text[end] as string)) end--;
    if (!gap.test(text[end] as string)) {
      end = start + PIECE;
      while (end > start + PIECE / 2 && inLetter.test(text.slice(end, end + 2))) end--;
    }
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield start === 0 ? text : text.slice(start);
}
