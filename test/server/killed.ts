import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { randomFrom } from '../../src/math/random.ts';
import { serverProcess } from './server-process.ts';

const line = (at: number): string => `${JSON.stringify({ id: `d${at}`, text: `document ${at} about the number ${at * 7}` })}\n`;

/**
 * Writes into an index through the server and kills it with SIGKILL at a random moment, again and again: what a line of the answer acknowledged
 * is there when the next server looks.
 */
export const surviveKills = async (kills: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'finetooth-kill-'));
  const random = randomFrom(kills);
  let stored = 0;
  for (let round = 0; round <= kills; round++) {
    const { url, child } = await serverProcess(['--indexes', folder, '--log-level', 'error']);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (round === 0) await fetch(`${url}/v1/indexes`, { method: 'POST', body: JSON.stringify({ name: 'kept' }) });
    const { documents } = (await (await fetch(`${url}/v1/indexes/kept`)).json()) as { documents: number };
    expect(documents).toBeGreaterThanOrEqual(stored);
    if (round === kills) {
      expect(stored).toBeGreaterThan(0);
      // Everything that is there is whole: it can be found and read.
      const body = JSON.stringify({ index: 'kept', query: `document about the number ${7 * 3}`, top: 1, candidates: 5 });
      const found = (await (await fetch(`${url}/v1/search`, { method: 'POST', body })).json()) as {
        results: { document: { text: string } }[];
      };
      expect(found.results[0]?.document.text).toMatch(/^document \d+ about the number/);
      child.kill('SIGTERM');
      await ended;
      return;
    }
    const body = new ReadableStream({
      async start(controller) {
        const encoder = new TextEncoder();
        for (let at = documents; at < documents + 20_000; at += 100) {
          controller.enqueue(encoder.encode(Array.from({ length: 100 }, (_, i) => line(at + i)).join('')));
          await sleep(1);
        }
        controller.close();
      },
    });
    const answer = await fetch(`${url}/v1/indexes/kept/documents`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { accept: 'application/x-ndjson' },
    } as RequestInit);
    let rest = '';
    let isDoomed = false;
    try {
      for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
        rest += Buffer.from(part).toString('utf8');
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const one of lines) stored = documents + (JSON.parse(one) as { acknowledged: number }).acknowledged;
        // From the first acknowledged batch on: in the middle of a later one, of a write, of an answer.
        if (!isDoomed && lines.length > 0) setTimeout(() => child.kill('SIGKILL'), random.below(1500));
        isDoomed ||= lines.length > 0;
      }
    } catch {
      // The connection ends with the server.
    }
    await ended;
  }
};
