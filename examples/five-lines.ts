/** The guide's example: documents in, reranked answers out. usage: node examples/five-lines.ts movies.json "query" */
import { openIndex, readDocuments, search } from 'finetooth';

const [file = 'samples/films/corpus.jsonl', query = 'super hero mystery action movie about bats'] = process.argv.slice(2);
const index = await openIndex('./movies-index', { create: { fields: ['title', 'overview', 'tagline'] } });
try {
  await index.addRead(readDocuments(file));
  const { results, timings } = await search(index, query, { candidates: 25, top: 5, documents: true });
  for (const { rank, relevanceScore, document } of results) console.log(rank, relevanceScore.toFixed(4), document?.title);
  console.log(timings);
} finally {
  await index.close();
}
