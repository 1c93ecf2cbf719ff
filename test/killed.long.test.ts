import { it } from 'vitest';
import { surviveKills } from './killed.ts';

it('an index survives twenty kills at random moments in the middle of indexing and goes on', () => surviveKills(20, 43));
