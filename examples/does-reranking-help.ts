/** Does reranking help on my queries? A table of queries with the document that answers each, both orders measured, and how sure the difference is. */
import { writeFileSync } from 'node:fs';
import { openIndex, readDocuments, search } from 'finetooth';
import { bootstrapIntervals, evaluateRun, parseMeasures } from 'finetooth/eval';

const faq = [
  ['A parcel that is lost in the post is sent again.', 'what if the post loses my parcel'],
  ['The money for a parcel that came back is paid out after five days.', 'when is my money back'],
  ['Gift cards and their money have no date on which they end.', 'is there a day on which the gift card ends'],
  ['An invoice is in every parcel and in your account.', 'can I have the invoice again'],
  ['Your account and all that is in it can be deleted by yourself.', 'how do I get rid of my account'],
];
writeFileSync('faq.csv', `id,text\n${faq.map(([text], at) => `${at},${text}\n`).join('')}`);
writeFileSync('judged.csv', `query,id\n${faq.map(([, query], at) => `${query},${at}\n`).join('')}`);

const index = await openIndex('memory:', { create: true });
await index.addRead(readDocuments('faq.csv'));
const judgments = new Map<string, Map<string, number>>();
for await (const { document } of readDocuments('judged.csv')) judgments.set(String(document.query), new Map([[String(document.id), 1]]));

async function measured(reranker?: null) {
  const run = new Map<string, { id: string; score: number }[]>();
  for (const query of judgments.keys()) {
    const { results } = await search(index, query, { reranker, candidates: 25, top: 10, firstStage: 'bm25' });
    const list = results.map(({ id, rank }) => ({ id, score: -rank }));
    run.set(query, list);
  }
  return evaluateRun(run, judgments, parseMeasures('nDCG@10')).values[0] as Float64Array;
}
const [before, after] = [await measured(null), await measured()];
await index.close();
const gain = after.map((value, query) => value - (before[query] as number));
const mean = (values: Float64Array): string => (values.reduce((sum, one) => sum + one, 0) / values.length).toFixed(2);
const [interval] = bootstrapIntervals([gain]);
console.log(`nDCG@10 of words alone ${mean(before)}, reranked ${mean(after)}`);
console.log(`gain ${mean(gain)}, between ${interval?.low.toFixed(2)} and ${interval?.high.toFixed(2)} with 95 % confidence`);
