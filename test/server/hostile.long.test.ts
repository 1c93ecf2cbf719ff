import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeHostile } from './hostile-contract.ts';
import { serverProcess } from './server-process.ts';

describeHostile({ full: true, blocked: 100, growth: 300 });

/** Full-size forms of what stopped the whole server, each beside a client that asks for /health again and again. */
let server: Awaited<ReturnType<typeof serverProcess>>;
beforeAll(async () => {
  server = await serverProcess(['--indexes', mkdtempSync(join(tmpdir(), 'finetooth-hostile-'))]);
  await fetch(`${server.url}/v1/indexes`, { method: 'POST', body: '{"name":"any","fields":["text"],"passages":"off"}' });
  const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify({ id: i, text: `bats ${i}`, year: i })).join('\n');
  expect((await fetch(`${server.url}/v1/indexes/any/documents`, { method: 'POST', body: lines })).status).toBe(200);
});
afterAll(() => void server.child.kill('SIGKILL'));

/** How many times /health was answered before the work ended. */
const answeredBeside = async (work: Promise<unknown>): Promise<number> => {
  let done = false;
  const ended = work.finally(() => (done = true));
  let answers = 0;
  while (!done) {
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    answers++;
  }
  await ended;
  return answers;
};
const post = async (path: string, body: string): Promise<number> => {
  const answer = await fetch(server.url + path, { method: 'POST', body });
  await answer.arrayBuffer();
  return answer.status;
};

it.each([5, 15])('a document of %d MB leaves the server to others', async (megabytes) => {
  const text = 'word '.repeat((megabytes * 1e6) / 5);
  const bodies = [
    ['/v1/indexes/any/documents', JSON.stringify({ id: 'long', text })],
    ['/v1/rerank', JSON.stringify({ model: 'ms-marco-minilm-l-12-v2', query: 'word', documents: [text, 'word'] })],
  ] as const;
  for (const [path, body] of bodies) {
    const work = post(path, body);
    const answers = await answeredBeside(work);
    expect([path, await work]).toEqual([path, 200]);
    expect(answers).toBeGreaterThan(3);
  }
});

it('a line of 15 MB that goes on byte by byte leaves the server to others', async () => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST /v1/indexes/any/documents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => socket.write(`${text.length.toString(16)}\r\n${text}\r\n`, () => resolve()));
  await send(`{"id":"z","text":"${'a '.repeat(7_500_000)}`);
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.on('close', () => resolve());
  });
  const work = (async () => {
    for (let i = 0; i < 3000; i++) await send('a');
    await send('"}\n');
    socket.write('0\r\n\r\n');
    await answered;
  })();
  const answers = await answeredBeside(work);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answers).toBeGreaterThan(20);
});
