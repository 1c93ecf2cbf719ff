import { FinetoothError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** An error of a delete; where the disk was full, with what went all the same: the rows are gone before what follows them is written. */
export async function tellDeleted(error: unknown, ids: readonly string[], store: Store): Promise<unknown> {
  if (!(error instanceof FinetoothError) || error.code !== 'E_DISK_FULL') return error;
  const wanted = [...new Set(ids)];
  const left = await Array.fromAsync(store.get(wanted, [])).catch(() => undefined);
  if (left === undefined) return error;
  return new FinetoothError(
    'E_DISK_FULL',
    (say) =>
      `${error.messageIn(say)} Of the ${wanted.length} ids to delete ${left.length} are in the index still; the others are gone from it, though they free room only once there is some to write in.`,
    { cause: error },
  );
}
