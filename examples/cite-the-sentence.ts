/** Which sentence answers, and where is it? A snippet holds the sentence that the reranker chose, its place in the text, and the words that match. */
import { rerank } from 'finetooth';

const pages = [
  {
    url: '/boiler',
    text: 'The boiler hangs in the cellar. Turn the red tap until the needle stands between 1 and 2 bar. Then close the tap again.',
  },
  { url: '/bins', text: 'Paper is collected on Mondays. Glass goes to the corner of the street. Batteries are taken back by every shop.' },
];

const { results } = await rerank('when is waste paper picked up', pages, { fields: ['text'], top: 1, snippets: true });
for (const { document, snippet } of results) {
  if (snippet === undefined) continue;
  const [from, to] = snippet.sentence;
  console.log(`"${snippet.text.slice(from, to)}" (${document.url}, from character ${snippet.start + from} on)`);
}
