import { it } from 'vitest';
import { surviveKills } from './killed.ts';

it('loses nothing that it acknowledged when it is killed while documents come in (more often in test:long)', { timeout: 120_000 }, () =>
  surviveKills(1),
);
