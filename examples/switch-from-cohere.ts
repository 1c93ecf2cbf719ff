/**
 * How do I switch from Cohere to models of my own machine? Give its client another address, `new CohereClientV2({ token: 'any', environment: url })`
 * of `cohere-ai`, or, as here without a package, fetch. `finetooth serve` is the same server as a command.
 */
import { serve } from 'finetooth/server';

const server = await serve({ port: 0 });
const url = `${server.url}/cohere`; // it was https://api.cohere.com

const response = await fetch(`${url}/v2/rerank`, {
  method: 'POST',
  headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
  body: JSON.stringify({
    model: 'rerank-v3.5',
    query: 'how do bats find their way',
    documents: ['Wheat is ground and baked.', 'Bats find their way by echolocation.'],
    top_n: 1,
  }),
});
const { results } = (await response.json()) as { results: { index: number; relevance_score: number }[] };
console.log(response.status, results[0]?.index, results[0]?.relevance_score.toFixed(2));
console.log('ranked by', response.headers.get('x-finetooth-model'));
await server.close();
