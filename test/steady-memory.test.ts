import { it } from 'vitest';
import { stayWithinMemory } from './steady-memory.ts';

it('holds no more memory after 1,000 searches and 40 aborted ones (more of them in test:long)', () => stayWithinMemory(1_000, 40));
