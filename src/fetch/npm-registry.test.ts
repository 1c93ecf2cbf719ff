import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendStatus, startServer, type TestServer } from '../../test/servers/http.ts';
import { startProxy } from '../../test/servers/proxy.ts';
import type { NpmOptions } from './npm-config.ts';
import { npmArchive } from './npm-registry.ts';

const archive = Buffer.from('what an archive holds');
const sha512 = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
const sha1 = createHash('sha1').update(archive).digest('hex');

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
/** Answers `/tool` with a description of one version, and everything else with the archive; `seen` holds `path authorization` of each request. */
async function registry(
  dist: Readonly<Record<string, string>> = { integrity: sha512 },
  refuse?: (request: IncomingMessage) => number | string,
) {
  const seen: string[] = [];
  const server: TestServer = await startServer((request, response, path) => {
    seen.push(`${path} ${request.headers.authorization ?? '-'}`);
    const refused = refuse?.(request) ?? 200;
    if (typeof refused === 'string') return void response.writeHead(302, { location: refused }).end();
    if (refused !== 200) return sendStatus(response, refused);
    if (path !== '/npm/tool' && path !== '/tool') return void response.end(archive);
    const tarball = dist.tarball ?? `${server.url}/npm/-/tool-1.0.0.tgz`;
    response.end(JSON.stringify({ versions: { '1.0.0': { dist: { tarball, ...dist } } } }));
  });
  servers.push(server);
  return { server, seen, url: `${server.url}/npm` };
}

async function read(config: NpmOptions, signal: AbortSignal = new AbortController().signal, stallMs = 2_000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of npmArchive({ name: 'tool', version: '1.0.0' }, { config, stallMs, signal })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('npmArchive', () => {
  it.each([
    ['a token', { ':_authToken': 'secret' }, 'Bearer secret'],
    [
      'a name and a password',
      { ':username': 'ann', ':_password': Buffer.from('pass').toString('base64') },
      `Basic ${Buffer.from('ann:pass').toString('base64')}`,
    ],
    ['both in one', { ':_auth': 'YW5uOnBhc3M=' }, 'Basic YW5uOnBhc3M='],
  ])('shows %s to the registry whose they are, and to no other host', async (_, own, shown) => {
    const other = await registry();
    const { server, url, seen } = await registry({ integrity: sha512, tarball: `${other.server.url}/elsewhere.tgz` });
    const config = Object.fromEntries(Object.entries(own).map(([key, value]) => [`//127.0.0.1:${server.port}/npm/${key}`, value]));
    expect(await read({ registry: url, ...config })).toBe(archive.toString());
    expect(seen).toEqual([`/npm/tool ${shown}`]);
    expect(other.seen).toEqual(['/elsewhere.tgz -']);
  });

  it('follows a redirection, without the credentials of the host that it leaves', async () => {
    const other = await registry();
    const { server, url } = await registry(undefined, ({ url: path }) => (path?.endsWith('.tgz') ? `${other.server.url}/cdn.tgz` : 200));
    expect(await read({ registry: url, [`//127.0.0.1:${server.port}/:_authToken`]: 'secret' })).toBe(archive.toString());
    expect(other.seen).toEqual(['/cdn.tgz -']);
  });

  it('asks a mirror for the archive that its description places where no one is', async () => {
    const { url, seen } = await registry({ integrity: sha512, tarball: 'http://127.0.0.1:1/npm/-/tool-1.0.0.tgz' });
    expect(await read({ registry: url })).toBe(archive.toString());
    expect(seen.at(-1)).toBe('/npm/-/tool-1.0.0.tgz -');
  });

  it('prefers the registry of a scope, and the strongest checksum', async () => {
    const { url } = await registry({ integrity: `sha1-${Buffer.alloc(20).toString('base64')} ${sha512}` });
    expect(await read({ registry: url })).toBe(archive.toString());
    await expect(
      (async () => {
        for await (const _ of npmArchive(
          { name: '@own/tool', version: '1.0.0' },
          {
            config: { registry: url, '@own:registry': 'ftp://nobody' },
            stallMs: 500,
            signal: new AbortController().signal,
          },
        ));
      })(),
    ).rejects.toMatchObject({ reason: 'refused', message: expect.stringContaining('ftp://nobody') });
  });

  it('takes the older checksum where there is no other, and refuses other bytes', async () => {
    expect(await read({ registry: (await registry({ shasum: sha1 })).url })).toBe(archive.toString());
    await expect(read({ registry: (await registry({ shasum: '0'.repeat(40) })).url })).rejects.toMatchObject({ reason: 'integrity' });
    await expect(read({ registry: (await registry({})).url })).rejects.toMatchObject({ reason: 'integrity' });
  });

  it('asks again where a registry is out of order for a moment', async () => {
    let asked = 0;
    const { url } = await registry(undefined, () => (asked++ === 0 ? 503 : 200));
    expect(await read({ registry: url })).toBe(archive.toString());
  });

  it('goes through the proxy of the configuration', async () => {
    const [proxy, { url, server }] = [await startProxy(), await registry()];
    expect(await read({ registry: url, proxy: proxy.url })).toBe(archive.toString());
    expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${server.port}`]));
    await proxy.close();
  });

  it('gives up a proxy that takes connections and never says a word', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(read({ registry: 'http://registry.invalid', proxy }, undefined, 100)).rejects.toMatchObject({ reason: 'unreachable' });
    silent.close();
  });

  it.each([
    ['a page', 'text', /did not answer with JSON/],
    ['a number', '5', /did not answer with a description/],
  ])('refuses %s in place of a description', async (_, body, message) => {
    const server = await startServer((_request, response) => void response.end(body));
    servers.push(server);
    await expect(read({ registry: server.url })).rejects.toThrow(message);
  });

  it('ends with the reason of its signal', async () => {
    const { url } = await registry();
    await expect(read({ registry: url }, AbortSignal.abort())).rejects.toMatchObject({ code: 'E_STOPPED' });
  });
});
