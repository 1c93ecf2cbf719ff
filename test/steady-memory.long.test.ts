import { it } from 'vitest';
import { stayWithinMemory } from './steady-memory.ts';

it('holds no more memory after 20,000 searches and 500 aborted ones', () => stayWithinMemory(20_000, 500));
