import { it } from 'vitest';
import { kinds, surviveUpkeepKills } from './upkeep-killed.ts';

// With the twenty of the server, two hundred.
it.each(kinds)('nothing acknowledged is lost, doubled or half there, and every search answers, when %s is killed 26 times', (kind) =>
  surviveUpkeepKills(kind, 26, 73));
