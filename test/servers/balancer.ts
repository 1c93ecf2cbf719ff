import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PASSED_OVER_MS = 2000;

/**
 * What stands before several servers: takes turns, and passes on what a server answers. One that does not answer is a 502, as proxies have it for what
 * they do not ask again by themselves, and is passed over for a while.
 */
export const startBalancer = async (urls: () => readonly string[]): Promise<{ readonly url: string; close(): Promise<void> }> => {
  let turn = 0;
  const failed = new Map<string, number>();
  const server = createServer((request, response) => {
    const alive = urls().filter((url) => Date.now() - (failed.get(url) ?? 0) > PASSED_OVER_MS);
    const all = alive.length === 0 ? urls() : alive;
    const base = all[turn++ % all.length] as string;
    const upstream = ask(`${base}${request.url ?? '/'}`, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    upstream.on('error', () => {
      failed.set(base, Date.now());
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
};
