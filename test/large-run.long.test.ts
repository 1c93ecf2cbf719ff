import { measuresLargeRuns } from './large-run.ts';

measuresLargeRuns(10_000, 64, false);
measuresLargeRuns(10_000, 64, true);
