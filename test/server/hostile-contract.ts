import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileFiles } from './hostile-files.ts';
import { type Asked, asked, hostileRequests } from './hostile-requests.ts';
import { type Metered, meteredReader, meteredServer } from './metered.ts';

export interface HostileLimits {
  /** Of the size that stopped everything, else a tenth. */
  readonly full: boolean;
  /** Milliseconds of the processor in which no one is answered. */
  readonly blocked: number;
  /** MB on top of what the process held. */
  readonly growth: number;
}

/** Whoever asks for /health beside hostile requests and files is answered, and the memory stays. */
export function describeHostile({ full, blocked, growth }: HostileLimits): void {
  const folder = mkdtempSync(join(tmpdir(), 'finetooth-hostile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const within = { blocked: expect.toSatisfy((ms: number) => ms < blocked), growth: expect.toSatisfy((mb: number) => mb < growth) };

  describe('a server', () => {
    let server: Metered;
    let client: Asked;
    beforeAll(async () => {
      server = await meteredServer(['--indexes', join(folder, 'indexes')]);
      client = asked((JSON.parse(server.line) as { url: string }).url);
      await client.post('/v1/indexes', { name: 'any', fields: ['text'], passages: 'off' });
      const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify({ id: i, text: `bats ${i}`, year: i })).join('\n');
      expect(await client.post('/v1/indexes/any/documents', lines)).toBe(200);
      // What is loaded on first use is no request's doing.
      for (const model of ['default', 'ms-marco-minilm-l-12-v2'])
        await client.post('/v1/rerank', { model, query: 'q', documents: ['a', 'b'] });
      for (const first_stage of ['hybrid', 'dense']) await client.post('/v1/search', { index: 'any', query: 'bats', first_stage });
    });
    afterAll(() => void server.child.kill('SIGKILL'));

    it.each(hostileRequests(full))('answers others beside %s', async (_, send, status) => {
      const health: number[] = [];
      let done = false;
      const cost = await server.measure(async () => {
        const work = send(client).finally(() => (done = true));
        do health.push((await fetch(`${client.url}/health`)).status);
        while (!done);
        return work;
      });
      expect([...new Set(health)]).toEqual([200]);
      expect(cost).toMatchObject({ result: status, ...within });
    });
  });

  describe('a reader of files', () => {
    let reader: Awaited<ReturnType<typeof meteredReader>>;
    beforeAll(async () => {
      reader = await meteredReader();
      const small = { html: '<p>x', md: '---\na: 1\n---\nx', csv: 'a\n1', tsv: 'a\n1', jsonl: '{}', json: '[{}]', txt: 'x' };
      for (const [extension, text] of Object.entries(small)) {
        const path = join(folder, `small.${extension}`);
        writeFileSync(path, text);
        expect(await reader.read(path)).toBe(1);
      }
    });
    afterAll(() => void reader.child.kill('SIGKILL'));

    it.each(hostileFiles(full))('lets others work beside %s', async (name, write, outcome) => {
      const path = join(folder, name);
      write(path);
      const { result, ...cost } = await reader.measure(() => reader.read(path));
      if (typeof outcome === 'number') expect(result).toBe(outcome);
      else expect(String(result)).toMatch(outcome);
      expect(cost).toMatchObject(within);
    });
  });
}
