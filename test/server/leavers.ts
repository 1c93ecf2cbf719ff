import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { randomFrom } from '../../src/math/random.ts';
import { serve } from '../../src/server/listen.ts';

const words = 'the quick brown fox jumps over a lazy dog while bats hunt by echo in the dark'.split(' ');
const text = (length: number, from: number): string => Array.from({ length }, (_, i) => words[(i * 7 + from) % words.length]).join(' ');
const texts = (count: number, length: number): string[] => Array.from({ length: count }, (_, i) => text(length, i));
const lines = (count: number, from: string): string =>
  texts(count, 20)
    .map((one, i) => JSON.stringify({ id: `${from}${i}`, text: one }))
    .join('\n');

const asked: readonly (readonly [string, string])[] = [
  ['/v2/rerank', JSON.stringify({ model: 'default', query: 'bats', documents: texts(40, 30) })],
  ['/v2/rerank', JSON.stringify({ model: 'late-interaction', query: 'bats', documents: texts(600, 10) })],
  ['/v1/search', JSON.stringify({ index: 'left', query: 'bats', stream: true, candidates: 50 })],
  ['/v1/embeddings', JSON.stringify({ model: 'default', input: texts(300, 10) })],
  ['/v1/indexes/left/documents', lines(200, 'new')],
];

/** Clients that leave before, in the middle of, and after their request, eight at a time; then the server is as it was. */
export const surviveLeavers = async (count: number): Promise<void> => {
  const random = randomFrom(count);
  const errors: string[] = [];
  const server = await serve({
    port: 0,
    version: '0.0.0',
    indexesFolder: mkdtempSync(join(tmpdir(), 'finetooth-left-')),
    log: { level: 'error', stream: { write: (line) => void errors.push(line) } },
  });
  const { port } = new URL(server.url);
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      const [path, body] = asked[random.below(asked.length)] as readonly [string, string];
      const whole = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/x-ndjson\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.write(random.below(10) < 4 ? whole.slice(0, random.below(whole.length)) : whole);
      setTimeout(() => socket.destroy(), random.below(600));
    });
  try {
    await fetch(`${server.url}/v1/indexes`, { method: 'POST', body: JSON.stringify({ name: 'left' }) });
    await (await fetch(`${server.url}/v1/indexes/left/documents`, { method: 'POST', body: lines(100, 'old') })).text();
    for (let left = 0; left < count; left += 8) await Promise.all(Array.from({ length: 8 }, leave));
    let metrics = '';
    for (let i = 0; i < 100 && !metrics.includes('te_queue_size 0\n'); i++) {
      await sleep(100);
      metrics = await (await fetch(`${server.url}/metrics`)).text();
    }
    expect(metrics).toContain('te_queue_size 0\n');
    expect(metrics).toContain('finetooth_queue_characters 0\n');
    const body = JSON.stringify({ model: 'default', query: 'bats', documents: ['wheat', 'bats hunt by echo'] });
    const answer = (await (await fetch(`${server.url}/v2/rerank`, { method: 'POST', body })).json()) as { results: { index: number }[] };
    expect(answer.results[0]?.index).toBe(1);
    expect(((await (await fetch(`${server.url}/v1/indexes/left`)).json()) as { documents: number }).documents).toBeGreaterThanOrEqual(100);
    expect(errors).toEqual([]);
  } finally {
    await server.close();
  }
};
