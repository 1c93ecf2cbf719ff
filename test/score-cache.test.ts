import { it } from 'vitest';
import { shareFolder } from './score-cache-processes.ts';

it('processes share a folder of scores, one killed on the way: nothing is lost or wrong (ten of them in test:long)', async () => {
  await shareFolder(4, 1, 60);
}, 60_000);
