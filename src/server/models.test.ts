import { expect, it } from 'vitest';
import { openModels } from './models.ts';

it('reads all of a text that the window holds where cutting is forbidden, although long texts are read in sentences', async () => {
  const models = openModels({ longDocuments: 'sentences' });
  const fingerprintOf = async (whole?: boolean): Promise<string> => (await models.reranker('default', { whole })).reranker.fingerprint;
  expect(await fingerprintOf()).toContain('excerpt-1-of-128(cross-encoder');
  expect(await fingerprintOf(true)).not.toContain('excerpt');
  await models.close();
});
