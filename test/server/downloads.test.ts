import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Server, serve } from '../../src/server/index.ts';
import { type HeldHub, heldHub, heldModel } from '../servers/held-hub.ts';

let hub: HeldHub;
let server: Server;
const told: string[] = [];
beforeAll(async () => {
  hub = await heldHub();
  const onDownload = ({ file }: { readonly file: string }): void => void told.push(file);
  server = await serve({ port: 0, indexesFolder: hub.indexes, models: { cacheFolder: hub.cacheFolder, onDownload } });
}, 60_000);
afterAll(async () => {
  await server.close(1000);
  await hub[Symbol.asyncDispose]();
});

interface Listed {
  readonly downloads: readonly {
    readonly id: number;
    readonly model: string;
    readonly file: string;
    readonly done: number;
    readonly total: number;
  }[];
}
const list = async (): Promise<Listed['downloads']> => ((await (await fetch(`${server.url}/v1/downloads`)).json()) as Listed).downloads;
const listed = async (): Promise<unknown> =>
  ((await (await fetch(`${server.url}/v1/indexes`)).json()) as { readonly indexes: readonly unknown[] }).indexes[0];
const ask = (): Promise<Response> => fetch(`${server.url}/v1/search`, { method: 'POST', body: '{"query": "bats", "reranker": null}' });
const underWay = () => vi.waitFor(async () => expect(await list()).toMatchObject([{ done: hub.first }]), 20_000);

it('says which model is being fetched and how far it is, stops on demand, and goes on where it was', async () => {
  expect(await list()).toEqual([]);
  const stopped = ask();
  await underWay();
  const [download] = await list();
  expect(download).toEqual({ id: expect.any(Number), model: heldModel, file: 'model.onnx', done: hub.first, total: hub.bytes });
  // A list waits for no model.
  expect(await listed()).toMatchObject({ name: 'small', opening: true });
  const cancelled = await fetch(`${server.url}/v1/downloads/${download?.id}`, { method: 'DELETE' });
  expect([cancelled.status, await cancelled.json()]).toEqual([200, { id: download?.id, cancelled: true }]);
  const answer = await stopped;
  expect([answer.status, await answer.json()]).toMatchObject([
    499,
    { error: { code: 'E_STOPPED', message: expect.stringContaining(`fetching the model "${heldModel}" was cancelled. Ask again`) } },
  ]);
  // Nor does it begin again what someone stopped.
  expect(await listed()).toMatchObject({ error: expect.stringContaining('was cancelled') });
  expect(await list()).toEqual([]);
  const again = ask();
  await vi.waitFor(() => expect(hub.asked.at(-1)).toBe(`bytes=${hub.first}-`), 20_000);
  hub.release();
  expect((await again).status).toBe(200);
  expect(await listed()).toMatchObject({ name: 'small', documents: 2 });
  await vi.waitFor(async () => expect(await list()).toEqual([]));
  // Who runs the server is told the same on the terminal.
  expect(told).toContain('model.onnx');
});

it('knows no download that is not there', async () => {
  for (const id of ['7', 'x', '-1']) {
    const answer = await fetch(`${server.url}/v1/downloads/${id}`, { method: 'DELETE' });
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { message: expect.stringContaining('there is no download') } },
    ]);
  }
});
