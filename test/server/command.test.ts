import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { finetooth, workFolder } from '../finetooth.ts';
import { serverProcess } from './server-process.ts';

const cwd = workFolder();

it('serves no other machine without a key, unless --no-auth is spelled out', async () => {
  const refused = await finetooth(['serve', '--host', '0.0.0.0', '--port', '0'], { cwd });
  expect([refused.status, refused.stderr.trim(), refused.stdout]).toEqual([
    2,
    'E_USAGE: 0.0.0.0 is reached by other machines: name a file of keys with --api-key-file ("finetooth key" makes one), or spell out --no-auth.',
    '',
  ]);
  const { url, child } = await serverProcess(['--host', '0.0.0.0', '--no-auth']);
  const here = url.replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(`${here}/health`)).status).toBe(200);
  // Without an index the bundled films are offered.
  expect(await (await fetch(`${here}/v1/indexes`)).json()).toMatchObject({ indexes: [{ name: 'films' }] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('makes keys, of which the file has the hash alone, and the server takes them', async () => {
  const made = await finetooth(['key', '--add-to', 'keys', '--name', 'laptop'], { cwd });
  const key = made.stdout.trim();
  expect(key).toMatch(/^ft_[\w-]{32}$/);
  const file = readFileSync(join(cwd, 'keys'), 'utf8');
  expect(file).toMatch(/^sha256:[0-9a-f]{64} laptop\n$/);
  expect(file).not.toContain(key);
  const { url, child } = await serverProcess(['--api-key-file', join(cwd, 'keys'), '--no-samples']);
  expect((await fetch(`${url}/v1/models`)).status).toBe(401);
  const headers = { authorization: `Bearer ${key}` };
  expect(await (await fetch(`${url}/v1/indexes`, { headers })).json()).toEqual({ indexes: [] });
  expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(200);
  child.kill('SIGINT');
});

it('reads its keys again on SIGHUP, which does not end it', async () => {
  const file = join(cwd, 'changing-keys');
  const [old, young] = ['the-first-key-of-all', 'another-key-for-later'];
  writeFileSync(file, old);
  const { url, child } = await serverProcess(['--api-key-file', file, '--log-level', 'warn']);
  const said = createInterface({ input: child.stderr as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const hangUp = async (): Promise<string> => {
    child.kill('SIGHUP');
    return String((await said.next()).value);
  };
  const statusWith = async (key: string): Promise<number> =>
    (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await statusWith(old), await statusWith(young)]).toEqual([200, 401]);
  writeFileSync(file, young);
  expect(await hangUp()).toContain('"keys":1');
  expect([await statusWith(old), await statusWith(young)]).toEqual([401, 200]);
  writeFileSync(file, 'short');
  expect(await hangUp()).toMatch(/^the keys are those that they were: line 1 of .* has a key of 5 characters/);
  expect(await statusWith(young)).toBe(200);
  writeFileSync(file, '# nobody');
  expect(await hangUp()).toContain('"keys":0');
  expect([await statusWith(old), await statusWith(young)]).toEqual([401, 401]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it.each([
  [
    ['--api-key-file', 'nowhere'],
    3,
    /^E_INPUT_MISSING: the key file nowhere cannot be read: .* Make one with "finetooth key --add-to nowhere"\.$/,
  ],
  [['--port', '70000'], 2, /^E_USAGE: --port takes a whole number from 0 to 65535; got "70000"\./],
  [
    ['--serve-models', 'bge-smal-en-v1.5'],
    5,
    /^E_MODEL_UNKNOWN: there is no model "bge-smal-en-v1\.5"\. Did you mean "bge-small-en-v1\.5"\?/,
  ],
  [['--serve-models', 'gte-small', '--offline'], 5, /^E_MODEL_MISSING: the model "gte-small" is not on this machine/],
  [['--in', 'nowhere'], 4, /^E_INDEX_MISSING: nowhere is not an index\. Make one with/],
  [
    ['--in', 'a/films', '--in', 'b/films'],
    2,
    /^E_USAGE: a\/films and b\/films would both be the index "films"\. Give one of them another name\./,
  ],
  [['--serve-models', 'cohere:rerank-v3.5'], 2, /^E_USAGE: "cohere:rerank-v3\.5" is hosted elsewhere: name it with --reranker, /],
  [
    ['--reranker', 'cohere:rerank-v3.5'],
    2,
    /^E_USAGE: whoever may ask .* at "cohere:rerank-v3\.5": say how many US dollars in all with --budget\.$/,
  ],
  [['--reranker', 'owner/name'], 2, /^E_USAGE: "owner\/name" is no hosted reranker/],
  [['--reranker', 'cohre:rerank-v3.5'], 5, /^E_MODEL_UNKNOWN: there is no vendor "cohre", did you mean "cohere"/],
  [['--host', 'nowhere.invalid', '--no-auth', '--port', '0'], 2, /^E_USAGE: "nowhere\.invalid" is not an address of this machine\./],
])('refuses %j', async (words, status, sentence) => {
  const answer = await finetooth(['serve', '--log-level', 'silent', ...words], { cwd });
  expect(answer.stderr.trim()).toMatch(sentence);
  expect([answer.status, answer.stdout]).toEqual([status, '']);
});
