import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Server, serve } from '../../src/server/index.ts';

const home = mkdtempSync(join(tmpdir(), 'finetooth-superseded-'));
const films = readFileSync(join(import.meta.dirname, '../../samples/films/corpus.jsonl'), 'utf8')
  .split('\n')
  .slice(0, 40);
let server: Server;
beforeAll(async () => {
  server = await serve({ port: 0, indexesFolder: home });
  const post = (path: string, body: string): Promise<Response> => fetch(server.url + path, { method: 'POST', body });
  await post('/v1/indexes', JSON.stringify({ name: 'films', fields: ['title', 'overview'] }));
  expect((await post('/v1/indexes/films/documents', films.join('\n'))).status).toBe(200);
}, 120_000);
afterAll(async () => {
  await server.close(1000);
  rmSync(home, { recursive: true, force: true });
});

/** As the page asks with each letter; `isLeft`: another letter is typed as soon as the first stage is there. */
async function typed(query: string, isLeft: boolean): Promise<number> {
  const before = process.cpuUsage();
  const leave = new AbortController();
  const json = { query, candidates: 40, top: 40, reranker: 'ms-marco-minilm-l-12-v2', stream: true, snippets: true };
  const answer = await fetch(`${server.url}/v1/search`, { method: 'POST', body: JSON.stringify(json), signal: leave.signal });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  if (isLeft) leave.abort();
  else while (!(await reader.read()).done);
  await vi.waitFor(async () => expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('te_queue_size 0\n'), 60_000);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

it('does little more for a question that another letter has superseded', async () => {
  await typed('a robot', false);
  const whole = await typed('a robot left alone', false);
  const left = await typed('a robot left alone on', true);
  // Processor time of the same process, one after the other; what was begun of a list, four texts for each worker, is read to its end.
  expect(left / whole).toBeLessThan(0.5);
});
