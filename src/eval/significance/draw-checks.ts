import { whole } from '../../wording/check-options.ts';

/** What all that is drawn at random here takes. */
export const drawnChecks = { seed: whole(0, 2 ** 32 - 1), resamples: whole(1, 1_000_000) };
