import { it } from 'vitest';
import { type Struck, surviveUpkeepKills } from './upkeep-killed.ts';

const kinds: readonly Struck[] = ['add', 'delete', 'prune', 'compact', 'backup', 'restore'];

it.each(kinds)('nothing acknowledged is lost, doubled or half there when %s is killed twice (twenty times in test:long)', (kind) =>
  surviveUpkeepKills(kind, 2, 71));
