/** How numbers are written for people. */

/** 1,234,567 */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `1 query`, `1,200 queries` */
export const counted = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

/** 1.2 ms, 12 ms, 3.4 s, 2 min 5 s, 24 h 0 min */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** 12 B, 3.4 KB, 34 MB, 1.2 GB; thousands, not 1024. */
export const size = (bytes: number): string => {
  const units = ['KB', 'MB', 'GB', 'TB'];
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`;
};

/** US dollars; a query often costs less than a cent: `$12.30`, `$0.0042`. */
export const dollars = (amount: number): string => {
  if (amount === 0) return '$0';
  if (amount < 0.00005) return '< $0.0001';
  if (amount < 0.995) return `$${amount.toFixed(4)}`;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
};
