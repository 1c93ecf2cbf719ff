import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it } from 'vitest';
import { indexDocuments } from '../../src/tasks/index.ts';
import { finetooth, workFolder } from '../finetooth.ts';

const folder = workFolder();
const notes = join(folder, 'notes');

/** Documents that bring their vectors: the index opens no embedder, and is searched by words. */
beforeAll(async () => {
  const documents = ['bats hunt by echo', 'the price of wheat'].map((text, i) => ({ id: `n${i}`, text, vector: [i, 1 - i, 0] }));
  writeFileSync(join(folder, 'notes.jsonl'), documents.map((one) => JSON.stringify(one)).join('\n'));
  await indexDocuments({ source: join(folder, 'notes.jsonl'), into: notes, vectorField: 'vector', embedder: null });
});

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const entry = `import { main } from ${JSON.stringify(main)};
  const call = main(['mcp', '--in', ${JSON.stringify(notes)}, '--threads', '1']);
  setTimeout(() => console.log('a chatty library'), 50);
  await call;`;

const start = (): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ['--input-type=module', '-e', entry], { env: { ...process.env, NODE_OPTIONS: '' } });
const ended = (child: ChildProcessWithoutNullStreams): Promise<unknown> =>
  new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
const say = (child: ChildProcessWithoutNullStreams, ...messages: readonly unknown[]): void => {
  for (const one of messages) child.stdin.write(`${typeof one === 'string' ? one : JSON.stringify(one)}\n`);
};

const hello = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
};
const call = (id: number, args: unknown) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'search', arguments: args } });

it('speaks the protocol on standard output and nothing else, passes over what is no message, and ends with its client', async () => {
  const child = start();
  const lines: { id?: number; result?: { structuredContent?: { results: { id: string }[] } } }[] = [];
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(String(text)));
  const isAnswered = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Throws for anything that is no JSON.
      lines.push(JSON.parse(line));
      if (lines.length === 3) resolve();
    });
  });
  say(
    child,
    '{broken',
    '',
    '[]',
    'null',
    hello,
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    '\u0000',
    call(2, { query: 'bats' }),
  );
  say(child, call(3, { query: 'x'.repeat(2_000_000) }));
  await isAnswered;
  const exit = ended(child);
  child.stdin.end();
  expect(await exit).toBe(0);
  expect(lines.map(({ id }) => id).toSorted()).toEqual([1, 2, 3]);
  expect(lines.find(({ id }) => id === 2)?.result?.structuredContent?.results[0]?.id).toBe('n0');
  expect(JSON.stringify(lines.find(({ id }) => id === 3))).toContain('E_USAGE: query: a text of at most 10000 characters');
  expect(errors.join('')).toContain('a chatty library');
});

it('ends politely when it is told to, in the middle of a call too', async () => {
  const child = start();
  const exit = ended(child);
  say(child, hello, call(2, { query: 'bats' }));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

it('does not wait for a client where an index is not there', async () => {
  const { status, stdout, stderr } = await finetooth(['mcp', '--in', join(folder, 'nothing')]);
  expect([status, stdout]).toEqual([4, '']);
  expect(stderr).toMatch(/^E_INDEX_MISSING: .*nothing is not an index/);
  expect((await finetooth(['mcp'])).stderr).toMatch(/^E_USAGE: mcp needs --in INDEX/);
});

it('reads its keys again on SIGHUP over HTTP, as serve does, and finishes on SIGTERM', async () => {
  const keys = join(folder, 'keys');
  writeFileSync(keys, 'the-first-key-of-all');
  const words = ['mcp', '--in', notes, '--http', '--port', '0', '--api-key-file', keys, '--log-level', 'warn'];
  const program = `import { main } from ${JSON.stringify(main)}; await main(${JSON.stringify(words)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, NODE_OPTIONS: '' } });
  const isEnded = ended(child);
  const lineOf = (stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      createInterface({ input: stream }).on('line', (line) => pattern.test(line) && resolve(line));
    });
  const url = /http:\S+/.exec(await lineOf(child.stdout, /^listening at /))?.[0] as string;
  const statusWith = async (key: string): Promise<number> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(hello) })).status;
  };
  expect([await statusWith('the-first-key-of-all'), await statusWith('another-key-for-later')]).toEqual([200, 401]);
  writeFileSync(keys, 'another-key-for-later');
  const told = lineOf(child.stderr, /"keys":1/);
  child.kill('SIGHUP');
  await told;
  expect([await statusWith('the-first-key-of-all'), await statusWith('another-key-for-later')]).toEqual([401, 200]);
  child.kill('SIGTERM');
  expect(await isEnded).toBe(0);
});
