import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import { callback, type OptionChecks, signal } from '../wording/check-options.ts';

/** What every task takes that reads or writes a whole index. */
export const upkeepChecks: OptionChecks<UpkeepOptions> = { onProgress: callback, signal };
