/** Ranks what is typed, on the machine of who typed it. `npx vite examples/browser`, with the model's files under public/models. */
import { createBrowserReranker } from 'finetooth/browser';

const status = document.querySelector('[role=status]');
const reranker = createBrowserReranker({
  model: new URL('models/ms-marco-minilm-l-12-v2/', document.baseURI),
  onProgress: ({ file, done, total }) => {
    status.textContent = `${file}: ${Math.round((100 * done) / (total ?? done))} %`;
  },
});
reranker.ready.then(
  () => (status.textContent = 'ready'),
  (error) => (status.textContent = `${error.code}: ${error.message}`),
);

let last;
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  // A newer question ends the one before.
  last?.abort();
  const { signal } = (last = new AbortController());
  const form = new FormData(event.target);
  const documents = form
    .get('documents')
    .split('\n')
    .filter((line) => line.trim() !== '');
  try {
    const { results } = await reranker.rerank(form.get('query'), documents, { top: 10, signal });
    document.querySelector('ol').replaceChildren(...results.map(row));
  } catch (error) {
    if (error.code !== 'E_STOPPED') status.textContent = `${error.code}: ${error.message}`;
  }
});

function row({ document: text, relevanceScore, level }) {
  const item = document.createElement('li');
  const score = document.createElement('span');
  score.textContent = `${level ?? ''} ${relevanceScore.toFixed(3)}`;
  item.append(text, score);
  return item;
}
