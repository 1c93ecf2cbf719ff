/** What could command a terminal or turn its text around; the joiner of emoji could not. */
export const commanding = /(?!\u200d)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A line may carry a stranger's title: whatever could command the terminal is shown as a mark. */
export const harmless = (text: string): string => text.replace(/\s+/gu, ' ').replace(commanding, '\u{fffd}');

/** Cut or filled to exactly `width` columns of a terminal. */
export function fitted(text: string, width: number): string {
  const plain = harmless(text);
  let used = 0;
  let kept = '';
  for (const { segment } of segments.segment(plain)) {
    if (used + widthOf(segment) > width) {
      // One column for the sign that something was left out.
      while (used > width - 1) {
        const last = [...segments.segment(kept)].at(-1)?.segment ?? '';
        kept = kept.slice(0, kept.length - last.length);
        used -= widthOf(last);
      }
      return `${kept}…${' '.repeat(width - used - 1)}`;
    }
    kept += segment;
    used += widthOf(segment);
  }
  return kept + ' '.repeat(width - used);
}

const widthOf = (segment: string): number => (wide.test(segment) ? 2 : 1);
