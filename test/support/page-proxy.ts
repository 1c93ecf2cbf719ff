import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PageProxy {
  /** With the prefix and a slash behind it. */
  readonly url: string;
  /** What was asked of the server behind it, as `POST /v1/search`. */
  readonly asked: string[];
  /** Answers in place of the server, while set; undefined lets a request through. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Another server from now on; undefined: connections are refused. */
  target: string | undefined;
  /** Ends every connection that there is. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy that puts a server under a prefix, as one in front of several applications does. */
export async function pageProxy(first: string, prefix: string): Promise<PageProxy> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url?.startsWith(`${prefix}/`) ? incoming.url.slice(prefix.length) : undefined;
    if (path === undefined) return void outgoing.writeHead(404).end();
    proxy.asked.push(`${incoming.method} ${path}`);
    if (proxy.intercept?.(incoming, outgoing)) return;
    if (proxy.target === undefined) return void incoming.socket.destroy();
    const passed = request(
      `${proxy.target}${path}`,
      // The name that the browser knows stays, as the pages that may ask are told by it.
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode as number, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      },
    );
    passed.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: PageProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}/`,
    asked: [],
    intercept: undefined,
    target: first,
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
