import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of connections through the proxy; settings hold from the moment that they are made. */
export interface ProxyFaults {
  /** Whether a new connection is ended at once. */
  refuse?: boolean;
  /** Milliseconds that each piece of an answer is held back. */
  delayMs?: number;
  /** Draws whether a connection is cut as a piece of a request goes by, or of an answer. */
  cut?(direction: 'request' | 'answer'): boolean;
}

export interface FaultyProxy {
  readonly port: number;
  readonly url: string;
  faults: ProxyFaults;
  /** Connections that were cut or refused. */
  readonly cuts: number;
  /** Ends the connections that there are, as an idle one is ended. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Hands on what comes to a port of loopback to another, and does to it what it is told. */
export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    if (proxy.faults.refuse) {
      cuts++;
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    const end = (): void => {
      for (const socket of [client, upstream]) {
        open.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', end).on('close', end);
    }
    const passOn = (from: Socket, to: Socket, direction: 'request' | 'answer'): void => {
      from.on('data', async (piece) => {
        from.pause();
        if (direction === 'answer' && proxy.faults.delayMs !== undefined) await pause(proxy.faults.delayMs);
        if (proxy.faults.cut?.(direction)) {
          cuts++;
          // Half of it has arrived.
          if (!to.destroyed) to.write(piece.subarray(0, piece.length / 2), end);
          else end();
          return;
        }
        if (!to.destroyed) to.write(piece);
        from.resume();
      });
    };
    passOn(client, upstream, 'request');
    passOn(upstream, client, 'answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: FaultyProxy = {
    port,
    url: `http://127.0.0.1:${port}`,
    faults: {},
    get cuts() {
      return cuts;
    },
    cutAll: () => {
      for (const socket of open) socket.destroy();
      open.clear();
    },
    close: () =>
      new Promise((resolve) => {
        proxy.cutAll();
        server.close(() => resolve());
      }),
  };
  return proxy;
}
