import { it } from 'vitest';
import { survivePowerLosses } from './power-loss.ts';
import { untraceable } from './trace.ts';

const reason = untraceable();

it.skipIf(reason !== undefined)('keeps what was acknowledged when the power is lost, at 6 moments (100 in test:long)', () =>
  survivePowerLosses(6, 3),
);
