import { RequestError } from '../problem.ts';
import { allowsOrigin, applicationOrigins } from './origins.ts';
import { isOwnHost } from './own-hosts.ts';

export interface OriginRules {
  /** Where the server listens. */
  readonly host: string;
  /** Whether every request needs a key, which a page under a name of its own does not have. @default false */
  readonly keyed?: boolean;
  /** Further names under which it is reached, such as that of a proxy. @default none */
  readonly hosts?: readonly string[];
  /** Origins of web pages that may ask, as `normalOrigin` writes them. @default none: pages may not */
  readonly origins?: readonly string[];
}

export const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host.toLowerCase());

/**
 * A web page can make its reader's browser ask a server on localhost: by a form (then Origin names the page), or under a name of its own that
 * points to 127.0.0.1 (then Host is that name; DNS rebinding). Both are refused. Clients that are no browsers send neither.
 *
 * @throws RequestError `forbidden`
 */
export function checkOrigin(
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  { host, keyed = false, hosts = [], origins = [] }: OriginRules,
): void {
  const name = hostOf(headers.host ?? '');
  const isNamed = [host, ...hosts].some((one) => one.toLowerCase() === name);
  if (!isNamed && !keyed && !isOwnHost(name) && (isLoopback(host) || !isOutOfReach(name)))
    throw new RequestError(
      'forbidden',
      `this server is asked under the name "${name}", which is not one of its own; who runs it can allow the host ${name} when it is started, or ask for keys`,
    );
  const { origin } = headers;
  if (origin === undefined || mayAsk(origin, origins)) return;
  // A page that this server sent itself.
  if (origin === `http://${headers.host}` || origin === `https://${headers.host}`) return;
  throw new RequestError('forbidden', `pages of ${origin} may not use this server; who runs it can allow that origin when it is started`);
}

/** Whether pages and applications of an origin may read what is answered. */
export const mayAsk = (origin: string, origins: readonly string[] = []): boolean =>
  allowsOrigin([...applicationOrigins, ...origins], origin);

/** Names that no stranger's DNS answers for: none at all, which no page sends, addresses, which need none, and words without a dot, which stay in their network. */
const isOutOfReach = (name: string): boolean => /^(|\d+(\.\d+){3}|\[[\da-f:.]+\]|[^.[\]:]+)$/.test(name);

const hostOf = (header: string): string => header.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
