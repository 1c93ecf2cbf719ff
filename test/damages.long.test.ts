import { it } from 'vitest';
import { findDamages } from './damages.ts';

it('an index whose files were damaged 250 times answers as before or is refused', () => findDamages(250, 13));
