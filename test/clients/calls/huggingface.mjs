import { InferenceClient } from '@huggingface/inference';
import { documents } from './texts.mjs';

export const name = '@huggingface/inference';

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal }) => {
  for (const base of ['', '/tei/embed']) {
    const client = new InferenceClient(key, { endpointUrl: url + base });
    tried(`featureExtraction at ${base || '/'}`, async () => {
      equal((await client.featureExtraction({ inputs: documents[0] })).flat(9).length, 384);
    });
  }
  for (const base of ['', '/tei/similarity']) {
    const client = new InferenceClient(key, { endpointUrl: url + base });
    tried(`sentenceSimilarity at ${base || '/'}`, async () => {
      const scores = await client.sentenceSimilarity({ inputs: { source_sentence: 'Bats hear the echo.', sentences: documents } });
      equal([scores.length, scores.indexOf(Math.max(...scores))], [4, 2]);
    });
  }
};
