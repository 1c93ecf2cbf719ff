import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from '../../src/index.ts';
import { startServer, type TestServer } from './http.ts';
import { hubHandle } from './hub.ts';

/** A hub that stops in the middle of a model's weights until it is let go, and a folder with an index that needs that model. */
export interface HeldHub extends AsyncDisposable {
  /** With one index, `small`. */
  readonly indexes: string;
  /** Where no model is yet. */
  readonly cacheFolder: string;
  /** Bytes of the weights, and how many of them come at once. */
  readonly bytes: number;
  readonly first: number;
  /** Requests for the weights so far, as ranges: undefined where all of it was wanted. */
  readonly asked: readonly (string | undefined)[];
  /** Sends the rest, of this request and of all that come. */
  release(): void;
}

export const heldModel = 'owner/tiny';

/** The process asks it for models, as HF_ENDPOINT says, until it is closed. */
export async function heldHub(): Promise<HeldHub> {
  const home = await mkdtemp(join(tmpdir(), 'finetooth-held-hub-'));
  const tiny = join(import.meta.dirname, '..', 'tiny-embedders', 'bert');
  const files: Record<string, Buffer> = {};
  for (const path of await readdir(tiny, { recursive: true }))
    if (/\.\w+$/.test(path)) files[`${heldModel}/${path}`] = await readFile(join(tiny, path));
  const weights = files[`${heldModel}/model.onnx`] as Buffer;
  const first = Math.floor(weights.length / 2);
  const asked: (string | undefined)[] = [];
  const held: (() => void)[] = [];
  let isHeld = false;
  const plain = hubHandle(files);
  const hub: TestServer = await startServer((request, response, path) => {
    if (!path.endsWith('/model.onnx') || path.includes('/onnx/')) return plain(request, response, path);
    if (request.method === 'GET') asked.push(request.headers.range);
    const end = response.end.bind(response);
    response.end = ((body?: Buffer) => {
      if (!isHeld || body === undefined) return body === undefined ? end() : end(body);
      const now = request.headers.range === undefined ? first : 1000;
      response.write(body.subarray(0, now));
      held.push(() => end(body.subarray(now)));
      return response;
    }) as typeof response.end;
    plain(request, response, path);
  });
  const before = process.env.HF_ENDPOINT;
  process.env.HF_ENDPOINT = hub.url;
  const indexes = join(home, 'indexes');
  const index = await openIndex(join(indexes, 'small'), {
    create: { fields: ['text'] },
    embedder: heldModel,
    models: { cacheFolder: join(home, 'first') },
  });
  await index.add([
    { id: '1', text: 'bats sleep in the day' },
    { id: '2', text: 'the price of wheat' },
  ]);
  await index.close();
  isHeld = true;
  asked.length = 0;
  return {
    indexes,
    cacheFolder: join(home, 'second'),
    bytes: weights.length,
    first,
    asked,
    release: () => {
      isHeld = false;
      for (const go of held.splice(0)) go();
    },
    [Symbol.asyncDispose]: async () => {
      if (before === undefined) delete process.env.HF_ENDPOINT;
      else process.env.HF_ENDPOINT = before;
      await hub.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
