import { readFile } from 'node:fs/promises';
import { FinetoothError } from '../errors.ts';
import type { NpmOptions } from './npm-config.ts';

/** How one shows at an address who one is. */
export interface NpmCredentials {
  /** Of the header of that name. */
  readonly authorization?: string;
  /** A certificate of the client with its key, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/**
 * The credentials of the npm configuration for an address: those of the longest `//host/path/` that it begins with, so that no other host sees them
 * ("npm help npmrc": auth related configuration).
 */
export async function npmCredentials(url: URL, config: NpmOptions): Promise<NpmCredentials> {
  const text = (key: string): string | undefined => (typeof config[key] === 'string' ? config[key] : undefined);
  const [cert, key] = [text('cert'), text('key')];
  for (const place of placesOf(url)) {
    const own = (name: string): string | undefined => text(`${place}:${name}`);
    const [certfile, keyfile] = [own('certfile'), own('keyfile')];
    const files =
      certfile === undefined || keyfile === undefined ? { cert, key } : { cert: await pemOf(certfile), key: await pemOf(keyfile) };
    const authorization = authorizationOf(own);
    if (authorization !== undefined || certfile !== undefined) return { authorization, ...files };
  }
  return { cert, key };
}

function* placesOf({ host, pathname }: URL): Generator<string> {
  const path = pathname.split('/');
  for (let count = path.length; count > 0; count--) {
    const place = `//${host}${path.slice(0, count).join('/')}`;
    yield place.endsWith('/') ? place : `${place}/`;
    if (!place.endsWith('/')) yield place;
  }
}

function authorizationOf(own: (name: string) => string | undefined): string | undefined {
  const [token, basic, user, password] = [own('_authToken'), own('_auth'), own('username'), own('_password')];
  if (token !== undefined) return `Bearer ${token}`;
  if (basic !== undefined) return `Basic ${basic}`;
  if (user === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${user}:${Buffer.from(password, 'base64').toString('utf8')}`).toString('base64')}`;
}

function pemOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FinetoothError('E_DOWNLOAD', `${path}, which your npm configuration names, cannot be read. Correct it with "npm config".`, {
      cause,
    });
  });
}
