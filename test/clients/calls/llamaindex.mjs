import { CohereRerank } from '@llamaindex/cohere';
import { TextNode } from '@llamaindex/core/schema';
import { JinaAIEmbedding } from '@llamaindex/jinaai';
import { MixedbreadAIReranker } from '@llamaindex/mixedbread';
import { documents, query } from './texts.mjs';

export const name = '@llamaindex/core';
export const others = ['@llamaindex/cohere', '@llamaindex/mixedbread', '@llamaindex/jinaai'];

/** @param {import('../client.ts').Context} context */
export const calls = ({ url, key, tried, equal, best, fails, skipped }) => {
  const nodes = () => documents.map((text, i) => ({ node: new TextNode({ text, id_: String(i) }), score: 0 }));
  const pairs = (kept) => kept.map(({ node, score }) => [Number(node.id_), score]);
  for (const base of ['/cohere', '']) {
    tried(`CohereRerank at ${base || '/'}`, async () => {
      const reranker = new CohereRerank({ apiKey: key, baseUrl: url + base, topN: 2 });
      best(pairs(await reranker.postprocessNodes(nodes(), query)), 2);
    });
  }
  for (const base of ['/mixedbread', '']) {
    tried(`MixedbreadAIReranker at ${base || '/'}`, async () => {
      const reranker = new MixedbreadAIReranker({ apiKey: key, baseUrl: url + base, topK: 2, maxRetries: 0 });
      best(pairs(await reranker.postprocessNodes(nodes(), query)), 2);
    });
  }
  tried('CohereRerank, unknown model', () =>
    fails(
      () => new CohereRerank({ apiKey: key, baseUrl: url, model: 'none' }).postprocessNodes(nodes(), query),
      (error) => error.statusCode,
      404,
    ),
  );
  tried('JinaAIEmbedding', async () => {
    const embedder = new JinaAIEmbedding({ apiKey: key, baseURL: `${url}/jina/v1/embeddings`, model: 'jina-embeddings-v3' });
    equal(
      (await embedder.getTextEmbeddings(documents)).map((one) => one.length),
      [384, 384, 384, 384],
    );
  });
  skipped('JinaAIReranker', '@llamaindex/jinaai 0.0.39 has none any more');
};
