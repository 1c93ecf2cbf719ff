import { expect, it } from 'vitest';
import { importFirst } from './import-first.ts';

it('takes the first that is installed', async () => {
  expect(await importFirst('@finetooth/no-such-package', 'stemmer')).toHaveProperty('stemmer');
  expect(await importFirst('@finetooth/no-such-package/part', 'stemmer')).toHaveProperty('stemmer');
  expect(await importFirst('stemmer', '@finetooth/no-such-package')).toHaveProperty('stemmer');
});

it('throws what the last one throws where none is', async () => {
  await expect(importFirst('@finetooth/no-such-package', '@finetooth/none-either')).rejects.toThrow('@finetooth/none-either');
});

it('passes over no package that is there and does not load', async () => {
  await expect(importFirst('data:text/javascript,throw new Error("broken")', 'stemmer')).rejects.toThrow('broken');
});
