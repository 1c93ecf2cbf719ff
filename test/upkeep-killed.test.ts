import { it } from 'vitest';
import { kinds, surviveUpkeepKills } from './upkeep-killed.ts';

it.each(
  kinds,
)('nothing acknowledged is lost, doubled or half there, and every search answers, when %s is killed once (26 times in test:long)', (kind) =>
  surviveUpkeepKills(kind, 1, 71));
