import type { Document } from '../types.ts';
import { harmless } from './terminal.ts';

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const widthOf = (segment: string): number => (wide.test(segment) ? 2 : 1);

/** Cut or filled to exactly `width` columns of a terminal. */
export const fitted = (text: string, width: number): string => {
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
};

/** What a person calls a document: its title or name, else its first words, else its id. */
export const labelOf = (id: string, document: Document): string => {
  for (const name of ['title', 'name', 'heading', 'text']) {
    const value = document[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 300);
  }
  const words = Object.values(document).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return words?.slice(0, 300) ?? id;
};

/** 1,234,567 */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 12 ms, 3.4 s, 2 min 5 s */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
};

/** 12 B, 3.4 KB, 34 MB */
export const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, scale] of [
    ['KB', 1e3],
    ['MB', 1e6],
  ] as const)
    if (bytes < scale * 1000) return `${(bytes / scale).toFixed(bytes < scale * 10 ? 1 : 0)} ${unit}`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
};

/** `1 document`, `2 documents` */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
