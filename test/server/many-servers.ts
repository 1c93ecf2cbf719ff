import { setTimeout as pause } from 'node:timers/promises';
import { expect, type TestContext } from 'vitest';
import { openIndex, search } from '../../src/index.ts';
import { startBalancer } from '../servers/balancer.ts';
import { databases } from '../support/databases.ts';
import { serverProcess } from './server-process.ts';

const documents = [
  'a bat guards the city at night',
  'a whale sinks the ship',
  'two bats live in a cave',
  'the red fox runs',
  'a night at the lake',
  'whales sing far below',
].map((text, i) => ({ id: `d${i}`, text }));
const queries = ['which animal guards a city', 'singing whales', 'a fox', 'where do bats live'];

/** More than once where a server ended in the middle of it, which a client may do, since a search changes nothing. */
const asked = async (url: string, query: string, tries = 3): Promise<readonly string[]> => {
  const body = JSON.stringify({ query, top: 3 });
  for (let left = tries; ; left--) {
    const answer = await fetch(`${url}/v1/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
      () => undefined,
    );
    const text = await answer?.text().catch(() => undefined);
    if (answer?.status === 200 && text !== undefined)
      return (JSON.parse(text) as { results: { id: string }[] }).results.map(({ id }) => id);
    if (left === 0) throw new Error(`no answer to "${query}": ${answer?.status} ${text}`);
    await pause(50);
  }
};

/**
 * Two servers over one index in a database, behind a balancer, under searches of several clients: each round ends one of them, by turns as `kill -9`
 * and `SIGTERM` do, and starts it again. Every search is answered as by the library, if it is asked again.
 */
export const surviveEndsOfServers = async (context: TestContext, engine: string, rounds: number): Promise<void> => {
  const database = await databases[engine]?.();
  if (database === undefined || typeof database === 'string') return context.skip(`no ${engine}: ${database}`);
  const where = database.address('films');
  const words = ['--in', where, '--log-level', 'error'];
  const wanted = new Map<string, readonly string[]>();
  {
    await using index = await openIndex(where, { create: { fields: ['text'], idField: 'id' } });
    await index.add(documents);
    for (const query of queries)
      wanted.set(
        query,
        (await search(index, query, { top: 3 })).results.map(({ id }) => id),
      );
  }
  const servers = [await serverProcess(words), await serverProcess(words)];
  const balancer = await startBalancer(() => servers.map(({ url }) => url));
  let isOver = false;
  let answered = 0;
  const client = async (at: number): Promise<void> => {
    for (let turn = at; !isOver; turn++) {
      const query = queries[turn % queries.length] as string;
      expect(await asked(balancer.url, query)).toEqual(wanted.get(query));
      answered++;
    }
  };
  const clients = [0, 1, 2].map(client);
  try {
    for (let round = 0; round < rounds; round++) {
      const before = answered;
      while (answered < before + 6) await pause(20);
      const at = round % 2;
      const { child } = servers[at] as (typeof servers)[number];
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill(round % 4 < 2 ? 'SIGKILL' : 'SIGTERM');
      await ended;
      const meanwhile = answered;
      while (answered < meanwhile + 6) await pause(20);
      servers[at] = await serverProcess(words);
    }
    isOver = true;
    await Promise.all(clients);
    for (const { url } of servers) {
      for (let tries = 0; tries < 600 && (await fetch(`${url}/ready`)).status !== 200; tries++) await pause(50);
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    }
    await database.kill();
    await pause(1100);
    expect((await fetch(`${servers[0]?.url}/ready`)).status).toBe(503);
    await database.restart();
    expect(await asked(balancer.url, queries[0] as string, 100)).toEqual(wanted.get(queries[0] as string));
  } finally {
    isOver = true;
    await Promise.allSettled(clients);
    for (const { child } of servers) child.kill('SIGKILL');
    await balancer.close();
    await database.stop();
  }
};
