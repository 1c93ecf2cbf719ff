import { eastAsianWidth } from 'get-east-asian-width';
import type { Span } from '../types.ts';

/** What could command a terminal or turn its text around; what joins emoji and letters could not. */
export const commanding = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Shown by no terminal and of no effect in one: hyphens where a word may break, places of no width, marks of byte order. */
const unseen = /[\u00ad\u200b\u2060\ufeff]/g;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const printable = /^[ -~]*$/;

/** A line may carry a stranger's title: whatever could command the terminal is shown as a mark. */
export const harmless = (text: string): string => harmlessLines(text.replace(/\s+/gu, ' '));

/** The same for several lines, which stay apart. */
export const harmlessLines = (text: string): string =>
  text
    .replace(unseen, '')
    .replace(/\r\n/g, '\n')
    .replace(commanding, (it) => (it === '\n' || it === '\t' ? it : '\u{fffd}'));

/** Columns of a terminal that a text of one line takes. */
export function widthOf(text: string): number {
  if (printable.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segments.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Cut or filled to exactly `width` columns of a terminal. */
export function fitted(text: string, width: number): string {
  const plain = harmless(text);
  const whole = widthOf(plain);
  if (whole <= width) return plain + ' '.repeat(width - whole);
  // One column for the sign that something was left out.
  let [used, kept] = [0, ''];
  for (const { segment } of segments.segment(plain)) {
    const more = graphemeWidth(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept}…${' '.repeat(Math.max(0, width - used - 1))}`;
}

/** Where the lines of a text begin and end at a width in columns; a word that is longer than a line goes on in the next. Made one by one: a text may be long. */
export function* linesOf(text: string, width: number): Generator<Span> {
  let [start, end, used] = [0, 0, 0];
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const more = widthOf(word);
    if (end > start && used + 1 + more <= width) {
      used += 1 + more;
      end = index + word.length;
      continue;
    }
    if (end > start) yield [start, end];
    [start, end, used] = [index, index + word.length, more];
    if (more <= width) continue;
    [end, used] = [index, 0];
    for (const { segment } of segments.segment(word)) {
      const next = graphemeWidth(segment);
      if (end > start && used + next > width) {
        yield [start, end];
        [start, used] = [end, 0];
      }
      end += segment.length;
      used += next;
    }
  }
  if (end > start) yield [start, end];
}

/** Emoji are drawn two columns wide, also those that are a plain sign with a selector behind it; marks belong to the letter before them. */
function graphemeWidth(segment: string): number {
  if (/\p{Emoji_Presentation}/u.test(segment) || /\p{Emoji}\ufe0f/u.test(segment)) return 2;
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u.test(segment)) return 0;
  return eastAsianWidth(segment.codePointAt(0) as number);
}
