import { measuresLargeRuns } from './large-run.ts';

measuresLargeRuns(1_000, 32, false);
