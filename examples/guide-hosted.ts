/** The guide's example on the guide's own hosted models. usage: TOGETHER_API_KEY=… node examples/guide-hosted.ts movies.json */
import { openIndex, readDocuments, search } from 'finetooth';

const [file = 'movies.json', query = 'super hero mystery action movie about bats'] = process.argv.slice(2);
const index = await openIndex('./movies-hosted', {
  create: { fields: ['title', 'overview', 'tagline'] },
  embedder: 'together:BAAI/bge-base-en-v1.5',
  reranker: 'together:Salesforce/Llama-Rank-V1',
});
try {
  await index.addRead(readDocuments(file));
  const { results } = await search(index, query, { candidates: 25, top: 5, rankFields: ['title'], documents: true });
  for (const { index: place, document, relevanceScore } of results) console.log(place, document?.title, relevanceScore.toFixed(5));
} finally {
  await index.close();
}
