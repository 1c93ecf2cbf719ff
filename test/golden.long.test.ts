import { it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { FinetoothError } from '../src/index.ts';
import { expectReferenceVectors } from './golden-vectors.ts';

it.for([
  'all-MiniLM-L6-v2',
  'gte-small',
])('%s, fp32, fetched where it is not in the cache, gives the vectors of sentence-transformers', async (name, context) => {
  const encoder = await openModel(`${name}-fp32`).catch((error: unknown) => {
    if (error instanceof FinetoothError && error.code === 'E_DOWNLOAD')
      return context.skip(`${name}-fp32 cannot be fetched here: ${error.message}`);
    throw error;
  });
  try {
    await expectReferenceVectors(encoder, name);
  } finally {
    await encoder.close();
  }
});
