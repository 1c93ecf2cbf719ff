import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

export type Handle = (request: IncomingMessage, response: ServerResponse, path: string) => void;

/** A server on a free port of this machine that remembers its requests. */
export const startServer = async (handle: Handle): Promise<TestServer> => {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    seen.push({ method: request.method ?? '', path, headers: request.headers as SeenRequest['headers'] });
    handle(request, response, path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, seen, close };
};

/** Sends some bytes and cuts the connection once the client has them in the file at `path`, however slow it is. */
export const breakOff = (response: ServerResponse, bytes: Buffer, path: string): void => {
  response.write(bytes);
  const timer = setInterval(() => {
    if (!response.destroyed && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < bytes.length) return;
    clearInterval(timer);
    response.destroy();
  }, 5);
};

export const sendStatus = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
  response.writeHead(status, headers).end(`status ${status}`);
};

/** Sends `body` as a file server does: 206 for a Range that fits, 416 for one that does not. */
export const sendFile = (request: IncomingMessage, response: ServerResponse, body: Buffer, headers: Record<string, string> = {}): void => {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  if (from === undefined) {
    response.writeHead(200, { 'content-length': String(body.length), ...headers }).end(body);
    return;
  }
  const start = Number(from);
  if (start >= body.length) {
    sendStatus(response, 416, { 'content-range': `bytes */${body.length}` });
    return;
  }
  const range = `bytes ${start}-${body.length - 1}/${body.length}`;
  response.writeHead(206, { 'content-range': range, 'content-length': String(body.length - start), ...headers }).end(body.subarray(start));
};
