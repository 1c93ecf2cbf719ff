import { it } from 'vitest';
import { shareFolder } from './score-cache-processes.ts';

it('ten processes share a folder of scores, five killed on the way: nothing is lost or wrong', async () => {
  for (let round = 0; round < 5; round++) await shareFolder(10, 5, 300);
}, 600_000);
