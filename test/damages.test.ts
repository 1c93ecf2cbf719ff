import { it } from 'vitest';
import { findDamages } from './damages.ts';

it('an index whose files were damaged ten times answers as before or is refused (250 times in test:long)', () => findDamages(10, 11));
