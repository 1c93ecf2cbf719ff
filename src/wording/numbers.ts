const minus = '−';

/** How numbers are written for people: on a terminal, in Markdown and on a page. */

/** 1,234,567 */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `1 query`, `1,200 queries` */
export const counted = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

/** 1.2 ms, 12 ms, 3.4 s, 2 min 5 s, 24 h 0 min, 400 days, more than 1,000 days */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  const days = Math.round(minutes / 1440);
  if (days > 1000) return 'more than 1,000 days';
  if (minutes >= 2880) return `${days} days`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 12 B, 3.4 KB, 34 MB, 1.2 GB; thousands, not 1024. */
export function size(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** US dollars; a query often costs less than a cent: `$12.30`, `$0.0042`. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0';
  if (amount < 0.00005) return '< $0.0001';
  if (amount < 0.995) return `$${amount.toFixed(4)}`;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** A measure, 0 to 1: `0.7780`. */
export const figure = (value: number): string => value.toFixed(4);

/** A difference of measures: `+0.2380`, `−0.0120`, `0.0000`. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(4);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? minus : '+'}${digits}`;
}

/** `[0.7110, 0.8390]` */
export const interval = (low: number, high: number, write: (value: number) => string = figure): string => `[${write(low)}, ${write(high)}]`;

/** A randomisation test cannot tell 0 from very small: `0.0312`, `< 0.0001`. */
export const probability = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** `p = 0.0312`, `p < 0.0001` */
export const equation = (p: number): string => (p < 0.0001 ? `p ${probability(p)}` : `p = ${probability(p)}`);

/** A share, mostly 0 to 1, of which more than the whole and less than nothing may be kept: `97 %`, `2.5 %`. */
export function percent(share: number): string {
  const size = Math.abs(share * 100);
  const digits = size < 9.95 && size > 0 ? size.toFixed(1) : size.toFixed(0);
  return `${share < 0 && Number(digits) !== 0 ? minus : ''}${digits} %`;
}

/** An ISO 8601 moment in UTC for people: `2025-03-01 12:34 UTC`. */
export const moment = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
