import { it } from 'vitest';
import { surviveLeavers } from './leavers.ts';

it('forgets clients that leave at any moment', { timeout: 120_000 }, () => surviveLeavers(32));
