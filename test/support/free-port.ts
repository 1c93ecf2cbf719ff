import { createServer } from 'node:net';

/** Below those that a system gives to connections: a server that is started again finds its port free. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 10_000 + Math.floor(20_000 * Math.random());
    if (await isFree(port)) return port;
  }
  throw new Error('no port of a hundred is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
