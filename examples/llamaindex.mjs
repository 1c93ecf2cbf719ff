// A node postprocessor of LlamaIndex.TS: index.asQueryEngine({ nodePostprocessors: [reranking({ topN: 3 })] })
import { MetadataMode, TextNode } from '@llamaindex/core/schema';
import { extractText } from '@llamaindex/core/utils';
import { createReranker, rerank } from 'finetooth';

/** Puts nodes in the order of their relevance, in one call of a model in this process. The nodes that were given stay as they are. */
export function reranking({ topN, model = createReranker(), deadlineMs } = {}) {
  return {
    async postprocessNodes(nodes, query) {
      if (query === undefined) throw new Error('this postprocessor needs the query');
      if (nodes.length === 0) return [];
      // The text with its metadata, as it is embedded.
      const texts = nodes.map(({ node }) => node.getContent(MetadataMode.EMBED));
      const { results } = await rerank(extractText(query), texts, { model, top: topN, deadlineMs });
      return results.map(({ index, relevanceScore }) => ({ node: nodes[index].node, score: relevanceScore }));
    },
  };
}

const model = createReranker();
const nodes = ['A quiet lake in summer', 'A bat guards the city at night', 'A farm in winter'].map((text) => ({
  node: new TextNode({ text }),
  score: 0.5,
}));
// A query may be parts, of which the texts count.
const query = [{ type: 'text', text: 'a hero protects the town' }];
for (const { node, score } of await reranking({ topN: 2, model }).postprocessNodes(nodes, query))
  console.log(score?.toFixed(4), node.getContent(MetadataMode.NONE));
await model.close?.();
