import { it } from 'vitest';
import { surviveUpkeepKills } from './upkeep-killed.ts';

it('nothing acknowledged is lost, doubled or half there, and every search answers, when compact is killed once (26 times in test:long, as is all other work)', () =>
  surviveUpkeepKills('compact', 1, 71));
