import { it } from 'vitest';
import { stayWithinMemory } from './steady-memory.ts';

it('holds no more memory after 1,000 searches and 40 aborted ones (20,000 and 500 in test:long)', () => stayWithinMemory(1_000, 40));
