import dns from 'node:dns';
import net from 'node:net';

/** What was asked for outside of this machine: `api.example.org:443`. It is refused where it is asked for, before a name is looked up. */
export const outside: string[] = [];

const isHere = (host: string): boolean =>
  /^(localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|::ffff:127(\.\d+){3})$/i.test(host) || /\.(invalid|localhost)$/i.test(host);

/** Refuses every connection and every look-up of this thread that leaves the machine, whichever client makes it, and remembers it. */
export function onlyLoopback(tell: (what: string) => void = () => {}): void {
  const refuse = (what: string): Error => {
    outside.push(what);
    tell(what);
    return Object.assign(new Error(`a test asked for ${what}`), { code: 'ECONNREFUSED' });
  };
  // http, https, undici and fetch all come to this one.
  const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const given = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    const {
      host = 'localhost',
      port,
      path,
    } = (typeof given[0] === 'object' ? given[0] : { port: given[0], host: typeof given[1] === 'string' ? given[1] : undefined }) as {
      readonly host?: string;
      readonly port?: number;
      readonly path?: string;
    };
    if (typeof path === 'string' || isHere(host)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(refuse(`${host}:${port}`)));
    return this;
  } as never;
  const guarded = (of: object): void => {
    const module = of as Record<string, unknown>;
    for (const name of Object.keys(module).filter((one) => /^(lookup$|resolve|reverse$)/.test(one))) {
      const original = module[name] as (...args: unknown[]) => unknown;
      module[name] = function (this: unknown, ...args: unknown[]) {
        if (typeof args[0] === 'string' && !isHere(args[0])) {
          const error = refuse(`the address of ${args[0]}`);
          const done = args.at(-1);
          if (typeof done !== 'function') return Promise.reject(error);
          return void process.nextTick(done as (error: Error) => void, error);
        }
        return original.apply(this, args);
      };
    }
  };
  guarded(dns);
  guarded(dns.promises);
}
