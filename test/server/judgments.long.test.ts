import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { indexFolders } from '../../src/assemble/index-folders.ts';
import { randomFrom } from '../../src/math/random.ts';
import { readJudgmentsIn } from '../../src/tasks/judgments.ts';
import { withLock } from '../../src/time/file-lock.ts';
import { serverProcess } from './server-process.ts';

const root = mkdtempSync(join(tmpdir(), 'finetooth-judging-long-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});
const start = async (): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
  const server = await serverProcess(['--indexes', root, '--log-level', 'error']);
  children.push(server.child);
  return server;
};
const give = (url: string, judgments: readonly object[]): Promise<Response> =>
  fetch(`${url}/v1/indexes/films/judgments`, { method: 'PATCH', body: JSON.stringify({ judgments }) });

/** Two servers, one of which is killed again and again, and a judge at each: what was acknowledged is there, and nothing that was never given. */
it('loses no acknowledged judgment to kill -9, with two servers that judge one set', async () => {
  await indexFolders(root).create('films', {});
  const { below } = drawsOf(7);
  const known = new Map<string, number | null>();
  const maybe = new Map<string, Set<number | null>>();
  const servers = [await start(), await start()];
  for (let round = 0; round < 8; round++) {
    const judge = async (who: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn++) {
        // Each judges documents of its own, so that the last word on each is known.
        const [query, id, grade] = [`query ${below(4)}`, `d${who}-${below(12)}`, below(5) === 0 ? null : below(4)];
        const pair = `${query} ${id}`;
        const answer = await give((servers[who] as { url: string }).url, [{ query, id, grade }]).catch(() => undefined);
        if (answer?.status === 200) {
          known.set(pair, grade);
          maybe.delete(pair);
        } else {
          // It may have been kept before the answer was lost.
          maybe.set(pair, (maybe.get(pair) ?? new Set([known.get(pair) ?? null])).add(grade));
          return;
        }
      }
    };
    const killed = round % 2;
    const kill = pause(40 + below(250)).then(() => (servers[killed] as { child: ChildProcess }).child.kill('SIGKILL'));
    await Promise.all([judge(0), judge(1), kill]);
    servers[killed] = await start();
    const { queries, judgments } = await readJudgmentsIn(join(root, 'films-judgments'));
    const found = new Map(
      [...judgments].flatMap(([query, grades]) =>
        [...grades].map(([id, grade]) => [`${queries.get(query)} ${id}`, grade] as [string, number]),
      ),
    );
    for (const [pair, grade] of known) if (!maybe.has(pair)) expect([pair, found.get(pair) ?? null]).toEqual([pair, grade]);
    for (const [pair, grade] of found) expect([grade, ...(maybe.get(pair) ?? [known.get(pair)])].slice(1)).toContain(grade);
  }
  expect(known.size).toBeGreaterThan(40);
}, 180_000);

it('says when to come again while someone judges in a terminal', async () => {
  const { url } = await start();
  await withLock(join(root, 'films-judgments', 'qrels.tsv'), undefined, async () => {
    const answer = await give(url, [{ query: 'bats', id: 'd9', grade: 1 }]);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      503,
      '5',
      { error: { code: 'E_LOCKED' } },
    ]);
    expect((await fetch(`${url}/v1/indexes/films/judgments`)).status).toBe(200);
  });
  expect(existsSync(join(root, 'films-judgments', 'qrels.tsv.lock'))).toBe(false);
}, 60_000);

const drawsOf = (seed: number) => {
  const { word } = randomFrom(seed);
  return { below: (most: number): number => word() % most };
};
