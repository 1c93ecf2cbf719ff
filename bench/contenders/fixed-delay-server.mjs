/** Answers rerank requests in Jina's and Together's words after a fixed delay, and says when it is asked how long the last one took itself. */
import { createServer } from 'node:http';

const delay = Number(process.argv[2] ?? 20);
let took = 0;
const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(String(took));
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const began = performance.now();
    const { documents } = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    setTimeout(() => {
      const results = documents.map((text, index) => ({ index, relevance_score: 1 / (1 + text.length) })).reverse();
      const usage = { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 };
      const body = JSON.stringify({ model: 'fixed', results, usage });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      took = performance.now() - began;
    }, delay);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
