import { expect, it } from 'vitest';
import { survivePowerLosses } from './power-loss.ts';
import { untraceable } from './trace.ts';

it('keeps what was acknowledged when the power is lost, at 100 moments', async () => {
  expect(untraceable()).toBeUndefined();
  await survivePowerLosses(100, 5);
});
