import { it } from 'vitest';
import { findDamages } from './damages.ts';

it('an index whose files were damaged thirty times answers as before or is refused (250 times in test:long)', () => findDamages(30, 11));
