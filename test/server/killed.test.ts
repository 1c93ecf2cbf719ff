import { it } from 'vitest';
import { surviveKills } from './killed.ts';

it('loses nothing that it acknowledged when it is killed twice while documents come in', { timeout: 120_000 }, () => surviveKills(2));
