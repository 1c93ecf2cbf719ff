import { it } from 'vitest';
import { keepAcknowledged, surviveRebuildKills } from './rebuilds.ts';

it('a rebuild that is killed thirty times at random moments is the old or the new index, whole', () => surviveRebuildKills(30, 19));

it('twenty rebuilds lose nothing that another process was told is stored since they began', () => keepAcknowledged(20));
