import { harmlessLines } from '../wording/terminal-text.ts';

export type Style = 'title' | 'dim' | 'match' | 'level';

/** A part of what is printed, with how it looks on a terminal that has colours. */
export interface Styled {
  readonly text: string;
  readonly style: Style;
}

/** What is printed for people: text, or text in parts. Nobody who makes it need make it harmless. */
export type Shown = string | readonly (string | Styled)[];

/** Select Graphic Rendition, on and off (ECMA-48, 8.3.117): bold, faint, bold and yellow, green. */
const codes: Readonly<Record<Style, readonly [on: string, off: string]>> = {
  title: ['\u001b[1m', '\u001b[22m'],
  dim: ['\u001b[2m', '\u001b[22m'],
  match: ['\u001b[1;33m', '\u001b[22;39m'],
  level: ['\u001b[32m', '\u001b[39m'],
};

export const styled = (style: Style, text: string): Styled => ({ text, style });

/** The one way out of the program for a person's eyes: what could command the terminal becomes a mark, whoever wrote it, and colours are put around the rest. */
export function rendered(shown: Shown, colours: boolean): string {
  const parts = typeof shown === 'string' ? [shown] : shown;
  return parts
    .map((part) => {
      if (typeof part === 'string') return harmlessLines(part);
      const text = harmlessLines(part.text);
      const [on, off] = codes[part.style];
      return colours && text !== '' ? `${on}${text}${off}` : text;
    })
    .join('');
}
