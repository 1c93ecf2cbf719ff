import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npmOptions, parseNpmrc } from './npm-config.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-npmrc-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** No file of this machine is read. */
const quiet = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ HOME: home, npm_config_globalconfig: join(home, 'none'), ...env });

describe('npmOptions', () => {
  it('names no registry of its own', async () => {
    expect(await npmOptions(quiet(), home)).toEqual({});
  });

  it('prefers variables to the project, and the project to the user', async () => {
    const project = join(home, 'project');
    await mkdir(join(project, 'src'), { recursive: true });
    await writeFile(join(project, 'package.json'), '{}');
    await writeFile(join(project, '.npmrc'), 'registry=http://project/\nproxy=http://p/\n');
    await writeFile(join(home, '.npmrc'), 'registry=http://user/\nproxy=http://u/\nnoproxy=a,b\n@scope:registry=http://scope/\n');
    const options = await npmOptions(quiet({ NPM_CONFIG_REGISTRY: 'http://variable/' }), join(project, 'src'));
    expect(options).toEqual({ registry: 'http://variable/', proxy: 'http://p/', noProxy: 'a,b', '@scope:registry': 'http://scope/' });
  });

  it('takes credentials with variables in them, certificates and strict-ssl', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    await writeFile(join(home, 'ca.pem'), `${pem}\n${pem}\n`);
    const userconfig = join(home, 'rc');
    await writeFile(userconfig, `//host/:_authToken=\${TOKEN}\ncafile=${join(home, 'ca.pem')}\nstrict-ssl=false\n; comment = 1\n`);
    const options = await npmOptions(quiet({ TOKEN: 'secret', npm_config_userconfig: userconfig }), home);
    expect(options).toEqual({ '//host/:_authToken': 'secret', ca: [pem, pem], strictSSL: false });
  });

  it('takes the proxy of the environment where npm has none', async () => {
    expect(await npmOptions(quiet({ https_proxy: 'http://p/', NO_PROXY: 'x' }), home)).toEqual({ httpsProxy: 'http://p/', noProxy: 'x' });
  });

  it('says which cafile cannot be read', async () => {
    await expect(npmOptions(quiet({ npm_config_cafile: join(home, 'gone.pem') }), home)).rejects.toThrow(/gone\.pem, cannot be read/);
  });
});

describe('parseNpmrc', () => {
  it('strips quotes and keeps what is no variable', () => {
    const none = ['$', '{NONE}'].join('');
    expect([...parseNpmrc(`a = "b c"\r\n# x=1\nnonsense\nd=${none}`, {})]).toEqual([
      ['a', 'b c'],
      ['d', none],
    ]);
  });
});
