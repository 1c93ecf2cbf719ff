/** Our server in a process of its own, as `finetooth serve` starts it. Prints its address as one line of JSON. */
import { serve } from '../../src/server/listen.ts';
import { threads } from './contender.ts';

const server = await serve({ port: 0, version: 'bench', models: { threads, offline: true } });
await fetch(`${server.url}/rerank`, { method: 'POST', body: JSON.stringify({ query: 'a', texts: ['b'] }) });
console.log(JSON.stringify({ url: server.url }));
