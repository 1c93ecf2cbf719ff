import { it } from 'vitest';
import { surviveUpkeepKills } from './upkeep-killed.ts';

it.each([
  'compact',
  'restore',
] as const)('nothing acknowledged is lost, doubled or half there, and every search answers, when %s is killed once (26 times in test:long, as is all other work)', (kind) =>
  surviveUpkeepKills(kind, 1, 71));
