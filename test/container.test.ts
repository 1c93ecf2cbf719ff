/** What Containerfile and compose.yaml say is true of this package: files, flags, variables, and a health check that tells ready from not ready. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { engineOf } from '../src/assemble/store.ts';
import { allCommands } from '../src/cli/commands.ts';
import { type OptionSpec, options } from '../src/cli/options.ts';
import { startServer } from './servers/http.ts';

const commands = await allCommands();

const root = join(import.meta.dirname, '..');
const lines = readFileSync(join(root, 'Containerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const said = (word: string): readonly string[] =>
  lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1).trim()] : []));
const listIn = (line: string): readonly string[] => JSON.parse(line.slice(line.indexOf('['))) as string[];
const serve = commands.find(({ name }) => name === 'serve');
const flags = (serve?.options ?? []).map((key) => options[key] as OptionSpec);

describe('the image', () => {
  it('runs as a user without rights, whatever the command', () => {
    const stages = lines.flatMap((line, at) => (line.startsWith('FROM ') ? [at] : []));
    const last = lines.slice(stages.at(-1));
    const user = last.findIndex((line) => line.startsWith('USER '));
    expect(last[user]).toBe('USER node');
    expect(last.findIndex((line) => line.startsWith('ENTRYPOINT '))).toBeGreaterThan(user);
    expect(last.slice(user + 1).filter((line) => /^(USER|RUN|COPY|ADD) /.test(line))).toEqual([]);
  });

  it('is made of what is there', () => {
    const built = ['dist', 'node_modules'];
    for (const line of said('COPY').filter((one) => one.includes('--from=build')))
      for (const path of line
        .split(' ')
        .slice(1, -1)
        .map((one) => one.replace('/src/', '')))
        expect([path, built.includes(path) || existsSync(join(root, path))]).toEqual([path, true]);
    expect(existsSync(join(root, listIn(said('ENTRYPOINT')[0] as string)[1] as string))).toBe(true);
    const variables = [...(said('ENV')[0] as string).matchAll(/(FINETOOTH_\w+)=/g)].map(([, name]) => name);
    expect(variables).toEqual(expect.arrayContaining(['FINETOOTH_HOST', 'FINETOOTH_PORT', 'FINETOOTH_CACHE']));
    for (const name of variables) expect([name, flags.some(({ variable }) => variable === name)]).toEqual([name, true]);
    expect(listIn(said('CMD')[0] as string)).toEqual(['serve']);
  });

  it.each([
    [200, 0],
    [503, 1],
    [undefined, 1],
  ])('is healthy or not: a server that answers %s', async (status, expected) => {
    const server = await startServer((_, response) => response.writeHead(status ?? 500).end());
    const { port } = new URL(server.url);
    if (status === undefined) await server.close();
    const [, ...words] = listIn(said('HEALTHCHECK')[0] as string);
    const code = await promisify(execFile)(process.execPath, [...words], { env: { ...process.env, FINETOOTH_PORT: port } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    if (status !== undefined) await server.close();
    expect(code).toBe(expected);
  });
});

describe('the compose file', () => {
  const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
    services: Record<
      string,
      { command: string[]; user: string; ports: string[]; read_only: boolean; cap_drop: string[]; build: { dockerfile: string } }
    >;
  };
  const [service] = Object.values(services);

  it('starts the server with flags that there are, for this machine alone, without rights', () => {
    const [command, ...words] = service?.command ?? [];
    expect(command).toBe('serve');
    for (const word of words.filter((one) => one.startsWith('--')))
      expect([word, flags.some(({ name }) => `--${name}` === word)]).toEqual([word, true]);
    expect(service?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    expect([service?.user, service?.read_only, service?.cap_drop, service?.build.dockerfile]).toEqual([
      '1000:1000',
      true,
      ['ALL'],
      'Containerfile',
    ]);
  });
});

describe.each(['qdrant', 'postgres'])('the compose file of two servers over %s', (engine) => {
  const { services } = parse(readFileSync(join(root, 'examples', 'compose', `${engine}.yaml`), 'utf8'), { merge: true }) as {
    services: Record<string, { command?: string[]; user?: string; ports?: string[]; environment?: Record<string, string>; build?: object }>;
  };
  const servers = Object.entries(services).filter(([, { build }]) => build !== undefined);

  it('has two servers alike, with an address that is read, a user without rights, and keys', () => {
    expect(servers.map(([name]) => name)).toEqual(['finetooth-a', 'finetooth-b']);
    for (const [, { command = [], user, environment = {} }] of servers) {
      const [word, flag, address = ''] = command;
      expect([word, flag, user]).toEqual(['serve', '--in', '1000:1000']);
      expect(engineOf(address)?.indexName(address)).toBe('films');
      expect(Object.keys(environment)).toContain('FINETOOTH_API_KEYS');
      expect(existsSync(join(root, 'Containerfile'))).toBe(true);
    }
  });

  it('sends the proxy to both, asks whether they are ready, and opens nothing but to this machine', () => {
    const proxy = (services.proxy?.command ?? []).join('\n');
    for (const [name] of servers) expect(proxy).toContain(`${name}:8787`);
    expect(proxy).toContain('health_uri /ready');
    expect(Object.values(services).flatMap(({ ports = [] }) => ports)).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:/),
      expect.stringMatching(/^127\.0\.0\.1:/),
    ]);
  });
});
