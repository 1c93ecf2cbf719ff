import { it } from 'vitest';
import { surviveKills } from './killed.ts';

it('an index survives three kills in the middle of indexing and goes on (twenty in test:long)', () => surviveKills(3, 41), 120_000);
