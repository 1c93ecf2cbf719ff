import { it } from 'vitest';
import { surviveKills } from './killed.ts';

it('loses nothing that it acknowledged in twenty kills', { timeout: 900_000 }, () => surviveKills(20));
