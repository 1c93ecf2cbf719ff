import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canPin, onTwoProcessors } from './few-processors.ts';
import { workFolder } from './finetooth.ts';

const at = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
const program = `
import { openIndex, search } from ${at('../src/index.ts')};
import { hashEmbedder } from ${at('hash-embedder.ts')};
import { unevenTexts } from ${at('few-processors.ts')};
await using index = await openIndex(${JSON.stringify(join(workFolder(), 'index'))}, { create: { fields: ['text'] }, embedder: hashEmbedder(), reranker: null });
const { added } = await index.add(unevenTexts(60_000, 50_000).map((text, at) => ({ id: 'd' + at, text })));
const { results } = await search(index, 'w49999', { firstStage: 'bm25' });
process.stdout.write(added + ' added, found ' + (results.length > 0) + '\\n');`;

// Skipped where a process cannot be kept to two processors (no taskset).
it.skipIf(!canPin)(
  'an index of 60,000 texts is made and searched on two processors',
  async () => {
    expect(await onTwoProcessors(program, 1_500_000)).toEqual({ said: '60000 added, found true\n', signal: null });
  },
  1_600_000,
);
