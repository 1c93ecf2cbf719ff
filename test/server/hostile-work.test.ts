import { describeHostile } from './hostile-contract.ts';

// A tenth of the size, and room for a machine that is busy with other tests; full-size: hostile.long.test.ts.
describeHostile({ full: false, blocked: 100, growth: 150 });
