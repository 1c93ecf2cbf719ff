/** Up to so many rows are read as fast as the best of them are looked for. */
const FEW = 2000;
/** How many times as many as are wanted are looked through, and once more where that makes it likely that enough fit. */
const TIMES = [4, 16];
/** How many times as many as are wanted must be likely to fit for another try. */
const LIKELY = 1.2;

export interface Tested<Row> {
  /** Rows of which the database does not tell whether they fit. */
  readonly fitting: number;
  readonly limit: number;
  /** The best of these rows, best first. */
  ask(limit: number): Promise<readonly Row[]>;
  /** Those of them that fit, in the same order. */
  thatFit(rows: readonly Row[]): Promise<readonly Row[]>;
}

/**
 * The best that fit a filter of which the database does not tell all, by testing the best there are; undefined where too few of those fit, and all must be
 * read. Where every second fits, this costs a twentieth of reading all, and where every tenth does, half.
 */
export async function bestTested<Row>({ fitting, limit, ask, thatFit }: Tested<Row>): Promise<readonly Row[] | undefined> {
  if (fitting <= FEW) return undefined;
  let share = 1;
  for (const times of TIMES) {
    if (share * times < LIKELY) return undefined;
    const rows = await ask(limit * times);
    const some = await thatFit(rows);
    if (some.length >= limit || rows.length < limit * times) return some.slice(0, limit);
    share = some.length / rows.length;
  }
  return undefined;
}
