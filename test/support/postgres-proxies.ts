import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface PostgresProxy {
  readonly port: number;
  /** How many connections were made to the server. */
  readonly connections: () => number;
  /** Breaks every connection, as a router would that is restarted. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy before a server that can cut what goes through it, also after so many bytes of answers of each connection. */
export async function startCuttingProxy(
  port: number,
  { cutAfter = () => Number.POSITIVE_INFINITY }: { readonly cutAfter?: () => number } = {},
): Promise<PostgresProxy> {
  let count = 0;
  return listen(
    (client, sockets) => {
      count++;
      let left = cutAfter();
      const server = connect(port, '127.0.0.1');
      sockets.add(server);
      server.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('error', () => server.destroy()).on('close', () => server.destroy());
      client.pipe(server);
      server.on('data', (bytes: Buffer) => {
        left -= bytes.length;
        if (left > 0) client.write(bytes);
        else client.destroy();
      });
    },
    () => count,
  );
}

export interface SlowProxy extends PostgresProxy {
  /** From now on nothing goes through, and no connection breaks. */
  stall(): void;
}

/** A long thin way to a server: every piece of at most `bytes` takes `delayMs`, in both directions. */
export async function startSlowProxy(
  port: number,
  { delayMs, bytes }: { readonly delayMs: number; readonly bytes: number },
): Promise<SlowProxy> {
  let [count, isStalled] = [0, false];
  const carry = async (from: Socket, to: Socket): Promise<void> => {
    for await (const chunk of from as AsyncIterable<Buffer>)
      for (let at = 0; at < chunk.length; at += bytes) {
        await delay(delayMs);
        if (isStalled) return;
        to.write(chunk.subarray(at, at + bytes));
      }
    to.destroy();
  };
  const proxy = await listen(
    (client, sockets) => {
      count++;
      const server = connect(port, '127.0.0.1');
      sockets.add(server);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const)
        carry(from, to).catch(() => to.destroy());
    },
    () => count,
  );
  return {
    ...proxy,
    stall: () => {
      isStalled = true;
    },
  };
}

interface Backend {
  readonly socket: Socket;
  client: Socket | undefined;
}

/**
 * A pooler in transaction mode, as PgBouncer is: a few connections to the server serve any number of clients, each for one transaction, and then another one.
 * Clients log in at the server, whose sessions thus are all of the same user.
 */
export async function startPooler(port: number, { backends: most = 2 } = {}): Promise<PostgresProxy> {
  const idle: Backend[] = [];
  const waiting: ((backend: Backend) => void)[] = [];
  let [made, turn] = [0, 0];
  const free = (backend: Backend): void => {
    backend.client = undefined;
    const next = waiting.shift();
    if (next === undefined) idle.push(backend);
    else next(backend);
  };
  // Never the one that was last, where there is another.
  const take = (): Promise<Backend> => {
    const found = idle.splice(turn++ % Math.max(1, idle.length), 1)[0];
    return found === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(found);
  };
  return listen(
    (client, sockets) => {
      const backend: Backend = { socket: connect(port, '127.0.0.1'), client };
      sockets.add(backend.socket);
      let mine: Backend | undefined = backend;
      let isLoggedIn = false;
      let held: Buffer[] | undefined;
      backend.socket.on('error', () => {});
      onMessages(backend.socket, (bytes, isIdle) => {
        backend.client?.write(bytes);
        if (!isIdle) return;
        const served = backend.client;
        if (served === client) mine = undefined;
        (served as unknown as { leave?: () => void })?.leave?.();
        // Only so many stay; the others were there to log in.
        if (!isLoggedIn && made >= most) {
          isLoggedIn = true;
          backend.socket.destroy();
          return;
        }
        if (!isLoggedIn) made++;
        isLoggedIn = true;
        free(backend);
      });
      (client as unknown as { leave: () => void }).leave = () => {
        mine = undefined;
      };
      client.on('error', () => {});
      client.on('close', () => mine?.socket.destroy());
      client.on('data', (bytes: Buffer) => {
        // Who leaves: the session at the server belongs to others.
        if (bytes[0] === 0x58 && bytes.length === 5) return client.end();
        if (held !== undefined) return void held.push(bytes);
        if (mine !== undefined) return void mine.socket.write(bytes);
        held = [bytes];
        void take().then((taken) => {
          taken.client = client;
          mine = taken;
          for (const one of held ?? []) taken.socket.write(one);
          held = undefined;
        });
      });
    },
    () => made,
  );
}

/** Hands on what a server says, and whether it is ready and in no transaction after it. */
function onMessages(socket: Socket, take: (bytes: Buffer, isIdle: boolean) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    let [at, isIdle] = [0, false];
    while (rest.length >= at + 5) {
      const end = at + 1 + rest.readInt32BE(at + 1);
      if (rest.length < end) break;
      isIdle = rest[at] === 0x5a && rest[at + 5] === 0x49;
      at = end;
    }
    if (at > 0) take(rest.subarray(0, at), isIdle);
    rest = rest.subarray(at);
  });
}

async function listen(serve: (client: Socket, sockets: Set<Socket>) => void, connections: () => number): Promise<PostgresProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    serve(client, sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    });
  return { port: (server.address() as AddressInfo).port, connections, cut, close };
}
