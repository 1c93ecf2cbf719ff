/**
 * Runs clients from PyPI against the server and writes docs/clients-python.md. The last line counts the calls.
 * usage: npm run test:clients
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../src/server/listen.ts';

const here = import.meta.dirname;
const folder = join(here, '.venv');
const python = join(folder, 'bin', 'python');
const stamp = join(folder, 'installed');
// Those that pin what others need newer are installed without what they ask for, which is there.
const lists = ['requirements.txt', 'requirements-alone.txt'] as const;
const wanted = lists.map((name) => readFileSync(join(here, name), 'utf8')).join('');

const run = (command: string, words: readonly string[]): boolean => spawnSync(command, words, { cwd: here, stdio: 'inherit' }).status === 0;

/** Why the clients are not there; undefined when they are. */
const install = (): string | undefined => {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  if (!run('python3', ['-m', 'venv', folder])) return 'there is no python3 with venv on this machine';
  if (!run(python, ['-m', 'pip', 'install', '--quiet', '-r', lists[0]])) return 'the clients cannot be installed here';
  if (!run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', lists[1]])) return 'the clients cannot be installed here';
  writeFileSync(stamp, wanted);
  return undefined;
};

interface Row {
  readonly client: readonly string[];
  readonly version: readonly string[];
  readonly calls: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

const missing = install();
if (missing !== undefined) {
  console.log(`skipped: ${missing}\n0 passed, 0 failed, 1 skipped`);
} else {
  const work = mkdtempSync(join(tmpdir(), 'finetooth-python-'));
  const key = 'a-key-of-sixteen-letters-or-more';
  writeFileSync(join(work, 'keys'), `${key}\n`);
  const server = await serve({ port: 0, version: '0.0.0', keyFile: join(work, 'keys') });
  const open = await serve({ port: 0, version: '0.0.0' });
  const child = await new Promise<boolean>((resolve) => {
    // Not in step with the server, which answers from this process.
    spawn(python, ['run.py', server.url, key, join(work, 'table.json'), open.url], { cwd: here, stdio: 'inherit' }).once('exit', (code) =>
      resolve(code === 0),
    );
  });
  await Promise.all([server.close(), open.close()]);
  if (!child) throw new Error('run.py failed');
  const rows = JSON.parse(readFileSync(join(work, 'table.json'), 'utf8')) as readonly Row[];
  const lines = rows.map(
    ({ client, version, calls, skipped }) =>
      `| ${client.map((name) => `\`${name}\``).join(', ')} | ${version.join(', ')} | ${calls.join('; ')} | ${skipped.join('; ')} |`,
  );
  writeFileSync(
    join(here, '..', '..', 'docs', 'clients-python.md'),
    `# Clients from PyPI

Made by \`npm run test:clients\`, which runs each of these clients against the server with nothing changed but its base URL and key.

| client | version | calls tried | skipped |
|---|---|---|---|
${lines.join('\n')}
`,
  );
  const count = (read: (row: Row) => readonly string[]): number => rows.reduce((sum, row) => sum + read(row).length, 0);
  const failed = count((row) => row.failed);
  console.log(`${count((row) => row.calls)} passed, ${failed} failed, ${count((row) => row.skipped)} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
