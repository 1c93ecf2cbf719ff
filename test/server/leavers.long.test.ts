import { it } from 'vitest';
import { surviveLeavers } from './leavers.ts';

it('forgets a thousand clients that leave at any moment', { timeout: 900_000 }, () => surviveLeavers(1000));
