import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canPin, onTwoProcessors } from './few-processors.ts';

const program = `
import { buildWordIndex } from ${JSON.stringify(join(import.meta.dirname, 'few-processors.ts'))};
await buildWordIndex(60_000, 50_000);`;

// Skipped where a process cannot be kept to two processors (no taskset). Without threads enough LanceDB hangs here for ever.
it.skipIf(!canPin)(
  '60,000 texts of 50,000 words are indexed on two processors',
  async () => {
    expect(await onTwoProcessors(program, 240_000)).toEqual({ said: 'found true\n', signal: null });
  },
  300_000,
);
