import { expect, it } from 'vitest';
import { checkAnyFiles } from './any-files.ts';

it('of 150 files of any bytes none crashes the reading of their folder, and each is read, named or counted', async () => {
  const { files, read, skipped, others } = await checkAnyFiles(150, { seed: 18 });
  expect(read + skipped + others).toBe(files);
  expect(read).toBeGreaterThan(50);
  expect(skipped).toBeGreaterThan(10);
});
