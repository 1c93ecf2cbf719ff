/** How a report writes its numbers, in Markdown and on the page alike. */

const minus = '−';

/** A measure, 0 to 1: `0.7780`. */
export const figure = (value: number): string => value.toFixed(4);

/** A difference of measures: `+0.2380`, `−0.0120`, `0.0000`. */
export const signed = (value: number): string => {
  const digits = Math.abs(value).toFixed(4);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? minus : '+'}${digits}`;
};

/** `[0.7110, 0.8390]` */
export const interval = (low: number, high: number, write: (value: number) => string = figure): string => `[${write(low)}, ${write(high)}]`;

/** A randomisation test cannot tell 0 from very small: `0.0312`, `< 0.0001`. */
export const probability = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** `p = 0.0312`, `p < 0.0001` */
export const equation = (p: number): string => (p < 0.0001 ? `p ${probability(p)}` : `p = ${probability(p)}`);

/** A share, mostly 0 to 1, of which more than the whole and less than nothing may be kept: `97 %`, `2.5 %`. */
export const percent = (share: number): string => {
  const size = Math.abs(share * 100);
  const digits = size < 9.95 && size > 0 ? size.toFixed(1) : size.toFixed(0);
  return `${share < 0 && Number(digits) !== 0 ? minus : ''}${digits} %`;
};

/** An ISO 8601 moment in UTC for people: `2025-03-01 12:34 UTC`. */
export const moment = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
