import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../test/servers/http.ts';
import { hubHandle, sha256Of, startHub, tinyRepository } from '../../test/servers/hub.ts';

const name = 'owner/tiny';
const weights = `${name}/onnx/model_quantized.onnx`;
const model = join('cache', 'models', 'owner--tiny', 'model.onnx');

let home: string;
let server: TestServer | undefined;
const children: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-processes-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await server?.close();
  await rm(home, { recursive: true, force: true });
});

/** A process that resolves the model and prints its files or the error. `limit`: the largest file it may write, in KiB. */
const pullInProcess = (
  endpoint: string,
  limit?: number,
): { child: ChildProcess; result: Promise<{ code?: string; message?: string; sha256?: string; source?: string }> } => {
  const script = `
    const { resolveModel } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'files.ts')).href)});
    const answer = await resolveModel(${JSON.stringify(name)}).catch(({ code, message }) => ({ code, message }));
    console.log(JSON.stringify(answer));`;
  const command = limit === undefined ? [process.execPath] : ['bash', '-c', `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath];
  const env = { PATH: process.env.PATH, HOME: home, FINETOOTH_CACHE: join(home, 'cache'), HF_ENDPOINT: endpoint };
  const child = spawn(command[0] as string, [...command.slice(1), '--no-warnings', '--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const result = new Promise<string>((resolve) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    child.on('close', () => resolve(output));
  }).then((output) => JSON.parse(output || '{}'));
  return { child, result };
};

/** Sends the weights in pieces with a pause between them. */
const slowHub = (files: Record<string, Buffer>, pauseMs: number): Promise<TestServer> => {
  const normal = hubHandle(files);
  return startServer(async (request, response, path) => {
    if (!path.endsWith('.onnx') || request.headers.range !== undefined) return normal(request, response, path);
    const body = files[weights] as Buffer;
    response.writeHead(200, {
      'content-length': String(body.length),
      'x-linked-etag': `"${sha256Of(body)}"`,
      'x-linked-size': String(body.length),
    });
    for (let at = 0; at < body.length && !response.destroyed; at += 100_000) {
      response.write(body.subarray(at, at + 100_000));
      await sleep(pauseMs);
    }
    response.end();
  });
};

describe('two processes', () => {
  it('fetch the weights once', async () => {
    const files = tinyRepository(name, 1_000_000);
    server = await slowHub(files, 50);
    const results = await Promise.all([pullInProcess(server.url).result, pullInProcess(server.url).result]);
    for (const result of results) expect(result).toMatchObject({ sha256: sha256Of(files[weights] as Buffer) });
    expect(server.seen.filter(({ path }) => path.endsWith('model_quantized.onnx'))).toHaveLength(1);
    expect(await readdir(join(home, model, '..'))).toEqual(expect.not.arrayContaining(['model.onnx.part', 'model.onnx.lock']));
  });

  it('the second goes on where the first was killed, and takes over its lock', async () => {
    const files = tinyRepository(name, 1_000_000);
    server = await slowHub(files, 100);
    const first = pullInProcess(server.url);
    while ((await stat(join(home, `${model}.part`)).catch(() => ({ size: 0 }))).size < 300_000) await sleep(20);
    first.child.kill('SIGKILL');
    await first.result;
    const killed = await readdir(join(home, model, '..'));
    expect(killed).toEqual(expect.arrayContaining(['model.onnx.lock', 'model.onnx.part']));
    const second = await pullInProcess(server.url).result;
    expect(second).toMatchObject({ sha256: sha256Of(files[weights] as Buffer), source: 'hub' });
    const asked = server.seen.filter(({ path }) => path.endsWith('model_quantized.onnx'));
    expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, expect.stringMatching(/^bytes=[3-9]\d{5}-$/)]);
  });
});

describe.skipIf(process.platform === 'win32')('a disk without room', () => {
  it('is an error that says so; the part is kept and finished later', async () => {
    const files = tinyRepository(name, 1_000_000);
    server = await startHub(files);
    const failed = await pullInProcess(server.url, 300).result;
    expect(failed).toMatchObject({ code: 'E_DISK_FULL', message: expect.stringMatching(/model\.onnx\.part: a file may not grow/) });
    expect((await stat(join(home, `${model}.part`))).size).toBeGreaterThan(0);
    expect(await pullInProcess(server.url).result).toMatchObject({ sha256: sha256Of(files[weights] as Buffer) });
    expect(server.seen.at(-1)?.headers.range).toMatch(/^bytes=\d+-$/);
  });
});
