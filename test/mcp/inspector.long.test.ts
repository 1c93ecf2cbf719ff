/** The protocol's own inspector, from its command line, over both transports. */
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../../src/server/listen.ts';
import { indexDocuments } from '../../src/tasks/index.ts';
import { workFolder } from '../finetooth.ts';

const here = join(import.meta.dirname, 'inspector');
const run = promisify(execFile);

/** From its lock file, into a folder of its own; why it is not there, where the network does not allow it. */
const install = async (): Promise<string | undefined> => {
  if (existsSync(join(here, 'node_modules', '.bin', 'mcp-inspector'))) return undefined;
  // By its lock file too, but without refusing it where a part of other systems, which is optional, cannot be had.
  return run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, timeout: 300_000 }).then(
    () => undefined,
    (error: unknown) =>
      `the inspector cannot be installed here: ${String((error as { readonly stderr?: string }).stderr ?? error).split('\n')[0]}`,
  );
};
const missing = await install();

const KEY = 'ft_a-key-that-nobody-else-has';
const folder = workFolder();
const notes = join(folder, 'notes');
const cli = join(import.meta.dirname, '../../src/cli/main.ts');
const entry = join(folder, 'entry.mjs');

describe.skipIf(missing !== undefined)(missing ?? 'the inspector', () => {
  let server: Server;
  beforeAll(async () => {
    writeFileSync(
      join(folder, 'notes.jsonl'),
      ['bats hunt by echo', 'the price of wheat'].map((text, i) => JSON.stringify({ id: `n${i}`, text })).join('\n'),
    );
    await indexDocuments({ source: join(folder, 'notes.jsonl'), into: notes });
    writeFileSync(entry, `import { main } from ${JSON.stringify(cli)}; await main(process.argv.slice(2));`);
    server = await serve({ port: 0, api: 'mcp', indexes: [notes], keys: KEY });
  });
  afterAll(() => server?.close(1000));

  const over: Readonly<Record<string, () => readonly string[]>> = {
    stdio: () => [process.execPath, entry, 'mcp', '--in', notes],
    http: () => ['--transport', 'http', `${server.url}/mcp`, '--header', `authorization: Bearer ${KEY}`],
  };
  /** Its exit status, and what it printed, as JSON. */
  const inspect = async (way: string, ...words: readonly string[]): Promise<{ readonly status: number; readonly said: unknown }> => {
    const command = [
      join(here, 'node_modules', '.bin', 'mcp-inspector'),
      '--cli',
      ...(over[way] as () => readonly string[])(),
      ...words,
      '--format',
      'json',
    ];
    const { status, stdout } = await run(process.execPath, command, { timeout: 120_000, env: { ...process.env, NODE_OPTIONS: '' } }).then(
      (done) => ({ ...done, status: 0 }),
      (error: { readonly code: number; readonly stdout: string }) => ({ status: error.code, stdout: error.stdout }),
    );
    return { status, said: stdout.trim() === '' ? undefined : JSON.parse(stdout) };
  };

  it.each(Object.keys(over))('lists, calls and reads over %s', async (way) => {
    const listed = await inspect(way, '--method', 'tools/list');
    expect(JSON.stringify(listed.said)).toContain('"name":"search"');
    const found = await inspect(way, '--method', 'tools/call', '--tool-name', 'search', '--tool-arg', 'query=how do bats hunt');
    expect([found.status, JSON.stringify(found.said).includes('finetooth://notes/n0')]).toEqual([0, true]);
    const wrong = await inspect(way, '--method', 'tools/call', '--tool-name', 'search', '--tool-args-json', '{"query":"bats","tops":3}');
    expect([wrong.status, JSON.stringify(wrong.said).includes('did you mean \\"top\\"')]).toEqual([5, true]);
    const read = await inspect(way, '--method', 'resources/read', '--uri', 'finetooth://notes/n1');
    expect(JSON.stringify(read.said)).toContain('the price of wheat');
  });
});
