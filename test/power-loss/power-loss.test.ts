import { it } from 'vitest';
import { survivePowerLosses } from './power-loss.ts';
import { untraceable } from './trace.ts';

const reason = untraceable();

it.skipIf(reason !== undefined)('keeps what was acknowledged when the power is lost, at 4 moments (100 in test:long)', () =>
  survivePowerLosses(4, 3),
);
