import type { Scored } from '../math/order.ts';

/** A row of a document, and which of its passages that is, from 0. */
export interface PassageRow extends Scored {
  readonly at: number;
}

/** Of several passages of a document the best, of equal ones the first. */
export function bestOfEach<Row extends PassageRow>(rows: readonly Row[]): Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    const known = best.get(row.id);
    if (known === undefined || row.score > known.score || (row.score === known.score && row.at < known.at)) best.set(row.id, row);
  }
  return [...best.values()];
}
