/** How do I rerank what my vector database found? Ask it for more rows than you show, and put those in order. */
import { rerank } from 'finetooth';

/** In place of a client of pgvector, Pinecone, Chroma, Weaviate, …: rows as it gives them, the nearest first. */
async function nearest(_query: string, _limit: number) {
  return [
    { id: 'a', distance: 0.31, metadata: { title: 'Refunds', body: 'A refund is paid out after the parcel has come back to us.' } },
    { id: 'b', distance: 0.34, metadata: { title: 'Parcels', body: 'When a parcel is lost on its way we send it again at our cost.' } },
    { id: 'c', distance: 0.35, metadata: { title: 'Gift cards', body: 'A gift card has no date on which it ends.' } },
  ];
}

const query = 'what happens when a parcel is lost';
const rows = await nearest(query, 50);
const texts = rows.map(({ metadata }) => `${metadata.title}\n${metadata.body}`);
const { results } = await rerank(query, texts, { top: 2 });
for (const { index, relevanceScore } of results) {
  const { id, distance } = rows[index] as (typeof rows)[number];
  console.log(id, `was ${index + 1}. by distance ${distance}, is relevant with probability ${relevanceScore.toFixed(2)}`);
}
